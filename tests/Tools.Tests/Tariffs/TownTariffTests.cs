using System;
using System.IO;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>The table that the head-end's demonstration loads is compiled beforehand.</summary>
[TestClass]
public class TownTariffTests
{
    [TestMethod]
    public void TheTownsTableIsWhatTheExampleCompilesTo() => CollectionAssert.AreEqual(
        TariffFile.Load("china-workplace-five-rates").Bytes,
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "town.tariff")));
}
