using System;
using System.IO;
using System.Text;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Loads;

/// <summary>Whatever stands in a load file: it is read, or one error of one line says what is wrong.</summary>
[TestClass]
public sealed class LoadFuzzTests
{
    private const string Plain =
        "time,kwh\n2026-03-03T00:15:00,0.25\n2026-03-03T00:30:00,0.5\n2026-03-03T00:45:00,1.25\n";

    private static readonly string[] _files =
    [
        Plain,
        "Zeit;kW;Einspeisung kW\n03.03.2026 00:15;0,25;1\n03.03.2026 00:30;0,5;1\n03.03.2026 00:45;1,25;1\n",
        "Name,X\n\nTYPE,DATE,START TIME,END TIME,USAGE,UNITS\n"
            + "E,2026-03-03,00:00,00:14,1,kWh\nE,2026-03-03,00:15,00:29,1,kWh\n",
        "time,reading MWh\n1772468100,7\n1772469000,8\n1772469900,9\n",
        "{\"results\":[{\"consumption\":1,\"interval_start\":\"2026-03-03T00:00:00Z\"},"
            + "{\"consumption\":1,\"interval_start\":\"2026-03-03T00:30:00Z\"}]}",
        "<f><ReadingType><powerOfTenMultiplier>3</powerOfTenMultiplier><uom>72</uom></ReadingType><IntervalReading>"
            + "<timePeriod><duration>900</duration><start>1772468100</start></timePeriod><value>5</value>"
            + "</IntervalReading>"
            + "<IntervalReading><timePeriod><duration>900</duration><start>1772469000</start>"
            + "</timePeriod><value>5</value>"
            + "</IntervalReading></f>",
        "100,NEM12,202601040200,A,B\n200,6123456789,E1,1,E1,N1,M,kWh,30,\n300,20260102,"
            + string.Concat(System.Linq.Enumerable.Repeat("0.5,", 48)) + "A,,,,\n900\n",
    ];

    private static readonly string[] _pieces =
    [
        "\"", ",", ";", "\n", "\r\n", "\t", "9999999999999999999999999999", "1e27", "-", ".", "0", "9999-12-31 24:00",
            "12/13/14",
        "PM", "+99:99", "\0", "\uFEFF", "时间", " to ", "NaN", "=1", "'", "<", "{", "kW", "reading", "export", "3000000",
    ];

    [TestMethod]
    public void DamagedFilesAreOneErrorEach() => Run(400, 1);

    [TestMethod]
    public void ManyDamagedFilesAreOneErrorEach()
    {
        LongRun.AskedOrSkip();
        Run(20_000, 2);
    }

    [TestMethod]
    [DataRow("time,kW\n2026-03-03,999999\n2026-03-04,999999\n2026-03-05,999999\n",
        ":2: more than 1000000 kWh in one interval")]
    [DataRow("time,reading kWh\n2026-03-03 01:00,0\n2026-03-03 02:00,9999999\n",
        ":3: more than 1000000 kWh in one interval")]
    public void AnEnergyThatNoMeterHasIsRefused(string text, string expected)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read(path, new LoadSettings())).Message,
            expected);
        File.Delete(path);
    }

    private static void Run(int count, int seed)
    {
        Random random = new(seed);
        string path = Path.GetTempFileName();
        string[] clocks = [null, "local", "standard", "always-96"];
        string[] units = [null, null, "kW", "reading", "MWh"];
        try
        {
            for (int i = 0; i < count; i++)
            {
                StringBuilder text = new(_files[random.Next(_files.Length)]);
                for (int change = random.Next(1, 5); change > 0 && text.Length > 4; change--)
                {
                    int at = random.Next(text.Length);
                    text.Remove(at, Math.Min(random.Next(3), text.Length - at)).Insert(at,
                        _pieces[random.Next(_pieces.Length)]);
                }

                Encoding encoding = random.Next(4) == 0 ? Encoding.Latin1 : random.Next(5) == 0 ? Encoding.Unicode
                    : Encoding.UTF8;
                File.WriteAllBytes(path, encoding.GetBytes(text.ToString()));
                LoadSettings settings = new()
                {
                    Clock = clocks[random.Next(4)],
                    Unit = units[random.Next(5)],
                    SkipBad = random.Next(3),
                    TakesExport = true,
                };
                try
                {
                    LoadFile load = Read(path, settings);
                    Assert.AreEqual(load.Microjoules.Count, load.Lines.Count);
                }
                catch (InputException e)
                {
                    Assert.IsFalse(e.Message.Contains('\n'), e.Message);
                }
                catch (Exception e) when (e is not AssertFailedException)
                {
                    Assert.Fail($"{seed}/{i}: {e}\n{text}");
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static LoadFile Read(string path, LoadSettings settings) =>
        LoadFile.Read(path, DateTimeZoneProviders.Tzdb["Europe/Paris"], settings);
}
