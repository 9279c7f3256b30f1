using System.Text;
using MeterFirmware.Basics;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class Crc32Tests
{
    [TestMethod]
    public void CheckValueIsThatOfIeee8023()
    {
        byte[] check = Encoding.UTF8.GetBytes("x123456789");
        Assert.AreEqual(0xCBF43926u, Crc32.Of(check, 1, 9));
    }

    [TestMethod]
    public void PartsGiveTheSameCrcAsTheWhole()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("123456789");
        uint crc = Crc32.Continue(Crc32.Start, bytes, 0, 4);
        Assert.AreEqual(0xCBF43926u, ~Crc32.Continue(crc, bytes, 4, 5));
    }
}
