extern alias virtualDevice;

using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using virtualDevice::MeterFirmware.Boards.VirtualDevice;

namespace MeterFirmware.Tools.Tests.Boards;

[TestClass]
public class VirtualDeviceTests
{
    [TestMethod]
    public void ItsTableIsTheShippedShanghaiExample() =>
        CollectionAssert.AreEqual(TariffFile.Load("shanghai-household").Bytes, ShanghaiHousehold.Table());

    [TestMethod]
    public void TheChargersTableIsTheShippedWorkplaceExample() =>
        CollectionAssert.AreEqual(TariffFile.Load("china-workplace-five-rates").Bytes, WorkplaceTariff.Table());

    [TestMethod]
    public void TheSameProgramRunsOnTheHostAndSaysOk()
    {
        using System.IO.StringWriter text = new();
        ConsoleRoute.To(text, text, () =>
        {
            Program.Main();
            return 0;
        });
        StringAssert.EndsWith(text.ToString().TrimEnd(), "VIRTUAL DEVICE OK");
    }
}
