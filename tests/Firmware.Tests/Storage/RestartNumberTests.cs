using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

[TestClass]
public class RestartNumberTests
{
    [TestMethod]
    public void EachStartHasAHigherNumber()
    {
        RamBlockStore store = new RamBlockStore(RestartNumber.Blocks, 256);
        for (int start = 1; start <= 100; start++)
        {
            Assert.IsTrue(RestartNumber.TryNext(store, 1_000, out int number));
            Assert.AreEqual(start, number);
        }
    }

    [TestMethod]
    public void AfterTheLastNumberThereIsNone()
    {
        RamBlockStore store = new RamBlockStore(RestartNumber.Blocks, 256);
        Assert.IsTrue(RestartNumber.TryNext(store, 2, out int number));
        Assert.IsTrue(RestartNumber.TryNext(store, 2, out number));
        Assert.IsFalse(RestartNumber.TryNext(store, 2, out number), "not the first one again");
        Assert.IsFalse(RestartNumber.TryNext(store, 2, out number));
    }
}
