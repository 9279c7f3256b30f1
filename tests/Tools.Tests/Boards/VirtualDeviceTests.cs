using MeterFirmware.Boards.VirtualDevice;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Boards;

[TestClass]
public class VirtualDeviceTests
{
    [TestMethod]
    public void ItsTableIsTheShippedShanghaiExample() =>
        CollectionAssert.AreEqual(TariffFile.Load("shanghai-household").Bytes, ShanghaiHousehold.Table());

    [TestMethod]
    public void TheSameProgramRunsOnTheHostAndSaysOk()
    {
        System.IO.TextWriter output = System.Console.Out;
        using System.IO.StringWriter text = new();
        System.Console.SetOut(text);
        try
        {
            Program.Main();
        }
        finally
        {
            System.Console.SetOut(output);
        }

        StringAssert.EndsWith(text.ToString().TrimEnd(), "VIRTUAL DEVICE OK");
    }
}
