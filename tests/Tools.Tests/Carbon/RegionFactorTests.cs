using System;
using System.IO;
using System.Text;
using System.Text.Json;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.SmartMeter;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Carbon;

/// <summary>Emission factors by region: a table for all meters, of which each takes its own region's years.</summary>
[TestClass]
public sealed class RegionFactorTests
{
    /// <summary>2024-06-01T12:00+08:00.</summary>
    private const long StartUtcSeconds = 1_717_214_400;
    private const string Table =
        "CN,2022,600000000\nCN,2023,530600000\neast,2023,550000000\neast,2024,540000000\nsouth,2023,404200000\n";

    private readonly SimulatedMeter _meter = Meter();

    [TestMethod]
    public void AMeterTakesItsOwnRegionsYearsAndBooksByThem()
    {
        Done("""{"region":"east"}""");
        JsonElement taken = Done(TableArguments(Table)).GetProperty("result");
        Assert.AreEqual("east", taken.GetProperty("region").GetString());
        Assert.AreEqual(2, taken.GetProperty("years").GetInt32());
        AssertFactor("east", 540_000_000, 2024, "region", false);
        Run(1_000);
        long before = _meter.Recorder.Carbon.TotalMilligrams;
        Run(3_600);
        Assert.AreEqual(540_000, _meter.Recorder.Carbon.TotalMilligrams - before, 20,
            "a kWh at 540 g: four quarter hours, booked at their ends");
    }

    [TestMethod]
    public void ARegionWithoutALineHasTheCountrysAndAYearWithoutOneTheYearsBefore()
    {
        Done("""{"region":"310000"}""");
        Assert.AreEqual("CN", Done(TableArguments(Table)).GetProperty("result").GetProperty("region").GetString());
        AssertFactor("310000", 530_600_000, 2023, "country", true);
        Done("""{"region":"south"}""");
        Done(TableArguments(Table));
        AssertFactor("south", 404_200_000, 2023, "region", true);
    }

    [TestMethod]
    public void RegionAndYearsOutliveALossOfSupply()
    {
        Done("""{"region":"east"}""");
        Done(TableArguments(Table));
        _meter.PowerDown();
        _meter.StayDark(60_000);
        _meter.Restore(1_000_000);
        Run(3);
        AssertFactor("east", 540_000_000, 2024, "region", false);
        Done("""{"microgramsPerKwh":500000000}""");
        AssertFactor("east", 500_000_000, 2023, "country", true);
    }

    [TestMethod]
    public void AnotherRegionsNameTakesNothingOfTheOldOnesFactors()
    {
        Done("""{"region":"east"}""");
        Done(TableArguments(Table));
        Done("""{"region":"south"}""");
        AssertFactor("south", 530_600_000, 2023, "country", true);
    }

    [TestMethod]
    public void QuarterHoursOfAnotherRegionAreRefused()
    {
        Done("""{"region":"east"}""");
        long day = (StartUtcSeconds + 8 * 3600) / 86_400;
        byte[] quarters = new byte[4 * EmissionFactors.QuartersPerDay];
        for (int i = 0; i < EmissionFactors.QuartersPerDay; i++)
        {
            BitConverter.TryWriteBytes(quarters.AsSpan(4 * i), 300_000_000);
        }

        string data = Convert.ToBase64String(quarters);
        JsonElement refused = Send($$"""{"region":"south","day":{{day}},"data":"{{data}}"}""");
        Assert.AreEqual("factors of region \"east\"", refused.GetProperty("expected").GetString());
        AssertFactor("east", 530_600_000, 2023, "country", true);
        Done($$"""{"region":"east","day":{{day}},"data":"{{data}}"}""");
        AssertFactor("east", 300_000_000, 2023, "quarter-hour", false);
    }

    [TestMethod]
    [DataRow("east;2023;1\n", "lines region,year")]
    [DataRow("east,1999,1\n", "lines region,year")]
    [DataRow("east,2023,0\n", "lines region,year")]
    [DataRow("east,2023,2000000001\n", "lines region,year")]
    [DataRow("east,2023,99999999999\n", "lines region,year")]
    [DataRow("east,2023,1\n\n", "lines region,year")]
    [DataRow("much-too-long-name,2023,1\n", "lines region,year")]
    [DataRow("east,2024,1\neast,2023,1\n", "a region's years once each and rising")]
    [DataRow("east,2020,1\neast,2021,1\neast,2022,1\neast,2023,1\neast,2024,1\n", "at most 4 years")]
    [DataRow("south,2023,1\n", "lines of the meter's region or of CN")]
    [DataRow("CN,2023,5\nsouth,20x3,1\n", "lines region,year")]
    public void AWrongTableIsRefusedWholeWithWhatWasExpected(string table, string expected)
    {
        Done("""{"region":"east"}""");
        Done(TableArguments(Table));
        JsonElement refused = Send(TableArguments(table));
        Assert.IsFalse(refused.GetProperty("ok").GetBoolean());
        StringAssert.Contains(refused.GetProperty("expected").GetString(), expected);
        AssertFactor("east", 540_000_000, 2024, "region", false);
    }

    [TestMethod]
    public void TheShippedFileOfTheGridsIsGood()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "china-grid-factors.csv");
        File.WriteAllText(path, File.ReadAllText(SourceFile("tools/meterctl/Examples/china-grid-factors.csv")));
        Done("""{"region":"south-west"}""");
        Done($$"""{"table":"{{Convert.ToBase64String(FactorFile.Load(path))}}"}""");
        AssertFactor("south-west", 247_200_000, 2023, "region", true);
    }

    [TestMethod]
    [DataRow("region,year\n", ":1: the header region,year,kgPerKwh was expected")]
    [DataRow("region,year,kgPerKwh\neast,2023\n", ":2: column 3: 2 columns, the header has 3")]
    [DataRow("region,year,kgPerKwh\n# x\neast,2023,2.5\n", ":3: column 3 (kgPerKwh): 2.5 is outside of 0 to 2")]
    [DataRow("region,year,kgPerKwh\neast,2023,0.5\neast,2023,0.6\n",
        ":3: column 2 (year): east: years once each and rising")]
    [DataRow("region,year,kgPerKwh\n", ": 1 to 1300 bytes of lines were expected, not 0")]
    public void AWrongFileIsOneLineWithItsPlace(string text, string expected)
    {
        string path = Path.Combine(Path.GetTempPath(), $"mf-factors-{Guid.NewGuid():N}.csv");
        string secret = path + ".secret";
        try
        {
            File.WriteAllText(path, text);
            File.WriteAllBytes(secret, new byte[DeviceSecurity.SecretBytes]);
            SecretFile.Protect(secret);
            CommandLine bad = CommandLine.Run("command", "carbon", path, "--device", "m1", "--secret",
                secret, "--print");
            Assert.AreEqual(2, bad.ExitCode);
            StringAssert.Contains(bad.Errors, path + expected);
        }
        finally
        {
            File.Delete(path);
            File.Delete(secret);
        }
    }

    private static SimulatedMeter Meter()
    {
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = StartUtcSeconds,
            Plan = new MeterPlan { BlockBytes = 16_384, RecordBlocks = 4 },
            History = new HistoryParts { Factors = new EmissionFactors() },
        });
        for (int second = 0; second < 3; second++)
        {
            meter.Step(1_000, 1_000_000_000);
        }

        return meter;
    }

    private static string SourceFile(string name) => Path.Combine(Checkout.Root, name);

    private static string TableArguments(string table) =>
        $$"""{"table":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(table))}}"}""";

    private void Run(int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            _meter.Step(1_000, 1_000_000_000);
        }
    }

    private void AssertFactor(string region, int micrograms, int year, string of, bool isOtherYear)
    {
        Run(1);
        JsonElement read = Execute(CommandCode.Read, """{"what":"carbon"}""").GetProperty("result");
        Assert.AreEqual(region, read.GetProperty("region").GetString());
        Assert.AreEqual(micrograms, read.GetProperty("factor").GetInt32());
        Assert.AreEqual(year, read.GetProperty("factorYear").GetInt32());
        Assert.AreEqual(of, read.GetProperty("factorOf").GetString());
        Assert.AreEqual(isOtherYear, read.GetProperty("otherYear").GetBoolean());
    }

    private JsonElement Done(string arguments)
    {
        JsonElement answer = Send(arguments);
        Assert.IsTrue(answer.GetProperty("ok").GetBoolean(), answer.GetRawText());
        return answer;
    }

    private JsonElement Send(string arguments) => Execute(CommandCode.Carbon, arguments);

    /// <summary>By the meter's own receiver, signed.</summary>
    private JsonElement Execute(int code, string arguments)
    {
        if (!_meter.Firmware.Core.Security.IsCommissioned)
        {
            Assert.IsTrue(_meter.Firmware.Core.Security.TryCommission(new byte[DeviceSecurity.SecretBytes]));
        }

        MessageSigner signer = new(new byte[DeviceSecurity.SecretBytes]);
        _meter.Clock.TryReadUtc(out long utcSeconds, out _);
        ByteTextWriter message = new(4_096);
        MessageSigner.Begin(
            message, new TelemetrySettings().Device, ++_id, CommandRole.Utility, 1, utcSeconds, utcSeconds + 60);
        message.Name("command");
        message.Value(CommandCatalogue.NameOf(code));
        message.Raw(",\"arguments\":" + arguments);
        signer.End(message, "command", CommandRole.Utility, 1);
        MqttMessage arrived = new(4_096) { PayloadLength = message.Length };
        Array.Copy(message.Bytes, arrived.Payload, message.Length);
        ByteTextWriter reply = new(2_048);
        Run(1);
        Assert.IsTrue(_meter.Firmware.Core.Receiver.TryHandle(_meter.Clock.NowMs, utcSeconds, arrived, reply));
        return JsonDocument.Parse(reply.Bytes.AsMemory(0, reply.Length)).RootElement.Clone();
    }

    private long _id;
}
