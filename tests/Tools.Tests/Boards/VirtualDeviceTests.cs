extern alias virtualDevice;

using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Tools.Billing.Tariffs;
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
