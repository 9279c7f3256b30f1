using System;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Dlt645;
using MeterFirmware.Modbus;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Lines;
using MeterFirmware.Tools.MeterCtl.Modbus;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bench;

/// <summary>`meterctl calibrate --meter … --reference …` on two lines: a DL/T 645 meter under 1150 W, a Modbus meter
/// under 1173 W, which reads two percent more.</summary>
[TestClass]
[DoNotParallelize]
public class ReferenceCalibrationTests
{
    private const int Unity = 4_194_304;

    private static readonly TariffTable _tariff = TariffFile.Load("china-workplace-five-rates").Table;
    private static readonly string[] _texts = ["--operator", "Li Wei", "--instrument", "SDM630 1", "--certificate",
        "C-1", "--date", "2026-03-01", "--due", "2031-03-01"];

    [TestMethod]
    public async Task TheGainsOfAMeterComeFromASecondMeter()
    {
        string path = Path.Combine(Path.GetTempPath(), $"record-{Guid.NewGuid():N}.json");
        try
        {
            (CommandLine run, CommandLine check) = await OnLines(1_173, (meter, reference) =>
            {
                string[] lines =
                    ["calibrate", "--meter", meter, "--reference", reference, "--readings", "2", .. _texts];
                return (CommandLine.Run([.. lines, "--json", "--out", path]),
                    CommandLine.Run([.. lines, "--json", "--check"]));
            });
            Assert.AreEqual(0, run.ExitCode, run.Errors + run.Output);
            JsonElement found = JsonDocument.Parse(run.Output).RootElement;
            Assert.AreEqual(1_173, found.GetProperty("reference").GetProperty("watts").GetDouble(), 2);

            // 1150 / 1173 is 1.96 % less.
            Assert.AreEqual(-19_600, found.GetProperty("errorsMillionths").GetProperty("watts").GetInt32(), 1_500);
            Assert.AreEqual(0, found.GetProperty("errorsMillionths").GetProperty("volts").GetInt32(), 1_500);
            double gain = found.GetProperty("registers").GetProperty("activePowerGain").GetDouble();
            Assert.AreEqual(1.02, gain / Unity, 0.0015);
            Assert.IsFalse(found.GetProperty("simulated").GetBoolean());

            JsonElement record = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
            Assert.AreEqual(gain, record.GetProperty("rows")[0].GetProperty("powerGain").GetDouble());
            Assert.IsFalse(record.TryGetProperty("simulated", out _));

            // Nobody brought the record to the meter: the error is still there, beyond class 1.
            Assert.AreEqual(1, check.ExitCode, check.Errors + check.Output);
            Assert.IsFalse(JsonDocument.Parse(check.Output).RootElement.GetProperty("pass").GetBoolean());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public async Task AReferenceOfAnotherLoadIsRefused()
    {
        (CommandLine run, CommandLine none) = await OnLines(2_000, (meter, reference) => (
            CommandLine.Run(["calibrate", "--meter", meter, "--reference", reference, "--readings", "1", .. _texts]),
            CommandLine.Run(["calibrate", "--meter", meter, .. _texts])));
        Assert.AreEqual(1, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "is another phase, scale or load, not a tolerance");
        Assert.AreEqual(2, none.ExitCode, none.Output);
        StringAssert.Contains(none.Errors, "--meter and --reference need each other");
    }

    [TestMethod]
    [DataRow("mbus,tcp=127.0.0.1:1", "--meter: 'mbus': dlt645 or modbus was expected first")]
    [DataRow("dlt645,tcp=127.0.0.1:1", "--meter: address=… is missing")]
    [DataRow("modbus,tcp=127.0.0.1:1", "--meter: meter=… is missing")]
    [DataRow("dlt645,address=000012345678", "--meter: exactly one of tcp=HOST:PORT and serial=PORT was expected")]
    [DataRow("dlt645,unit=1", "--meter: 'unit': one of tcp, serial, baud, parity, address was expected")]
    [DataRow("modbus,unit=1,unit=2", "--meter: 'unit' stands twice")]
    [DataRow("modbus,unit=0,meter=sdm630", "--meter: unit: '0' is not 1 to 255")]
    public void ALineThatIsNoneIsOneErrorThatNamesIt(string meter, string expected)
    {
        CommandLine run = CommandLine.Run(["calibrate", "--meter", meter, "--reference", "dlt645", .. _texts]);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        Assert.AreEqual("meterctl: " + expected, run.Errors.TrimEnd());
    }

    [TestMethod]
    [DataRow("--meter dlt645 --reference dlt645 --ranges 0,1000", "--ranges: not with --meter and --reference")]
    [DataRow("--meter dlt645 --reference dlt645 --reference-amps 5", "--reference-amps: not with --meter and --ref")]
    [DataRow("--check", "--check: only with --meter and --reference")]
    [DataRow("--phase 2", "--phase: only with --meter and --reference")]
    public void AnOptionOfTheOtherWayIsRefused(string options, string expected)
    {
        CommandLine run = CommandLine.Run(["calibrate", .. options.Split(' '), .. _texts]);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "meterctl: " + expected);
    }

    private static async Task<(CommandLine First, CommandLine Second)> OnLines(
        int referenceWatts, Func<string, string, (CommandLine First, CommandLine Second)> run)
    {
        Dlt645Settings settings = new();
        Dlt645Input.Address("000012345678", "test").CopyTo(settings.Address, 0);
        using MeterLineHost meter = new(0, settings, _tariff, 1_150, MeterProtocols.Dlt645);
        using ModbusHost reference = new(
            0, new ModbusSettings { Unit = 1, Framing = ModbusFraming.Tcp }, _tariff, referenceWatts);
        meter.Start();
        reference.Start();
        using CancellationTokenSource cancel = new();
        Task[] serving =
            [Task.Run(() => meter.RunAsync(cancel.Token)), Task.Run(() => reference.RunAsync(cancel.Token))];
        try
        {
            return run($"dlt645,tcp=127.0.0.1:{meter.Port},address=000012345678",
                $"modbus,tcp=127.0.0.1:{reference.Port},meter=sunspec-meter");
        }
        finally
        {
            await cancel.CancelAsync();
            await Task.WhenAll(serving);
        }
    }
}
