using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Loads;

/// <summary>Files as people have them are read without a word, where their own header and rows make it
/// certain.</summary>
[TestClass]
public sealed class LoadFormatTests
{
    private const long KilowattHour = 3_600_000_000_000;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-format-{Guid.NewGuid():N}.csv");

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    // Each says the same: 0.25, 0.5 and 1.25 kWh in the quarter hours from 00:00 on 3 March 2026, Shanghai.
    [TestMethod]
    [DataRow("time,kwh\n2026-03-03T00:15:00,0.25\n2026-03-03T00:30:00,0.5\n2026-03-03T00:45:00,1.25\n")]
    [DataRow("time;kwh\n2026-03-03T00:15:00;0,25\n2026-03-03T00:30:00;0,5\n2026-03-03T00:45:00;1,25\n")]
    [DataRow("time\tkwh\n2026-03-03 00:15\t0.25\n2026-03-03 00:30\t0.5\n2026-03-03 00:45\t1.25\n")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,\"0,25\"\n2026-03-03T00:30:00,\"0,5\"\n2026-03-03T00:45:00,\"1,25\"\n")]
    [DataRow("time,Wh\n2026-03-03T00:15:00,250\n2026-03-03T00:30:00,500\n2026-03-03T00:45:00,\"1,250.0\"\n")]
    [DataRow("time,kW\n2026-03-03T00:15:00,1\n2026-03-03T00:30:00,2\n2026-03-03T00:45:00,5\n")]
    [DataRow("time,ActivePowerW\n2026-03-03T00:15:00,1000\n2026-03-03T00:30:00,2000\n2026-03-03T00:45:00,5000\n")]
    [DataRow("interval_start,Energy "
        + "(kWh)\n2026-03-03T00:00:00,0.25\n2026-03-03T00:15:00,0.5\n2026-03-03T00:30:00,1.25\n")]
    [DataRow("start,end,kWh,cost\n2026-03-03 0:00,2026-03-03 0:15,0.25,9\n2026-03-03 0:15,2026-03-03 "
        + "0:30,0.5,9\n2026-03-03 0:30,2026-03-03 0:45,1.25,9\n")]
    [DataRow("time,meter reading "
        + "(kWh)\n2026-03-03T00:00:00,100\n2026-03-03T00:15:00,100.25\n"
        + "2026-03-03T00:30:00,100.75\n2026-03-03T00:45:00,102\n")]
    [DataRow("timestamp (UTC),energyConsumption (kWh)\n2026-03-02 16:15,0.25\n2026-03-02 16:30,0.5\n2026-03-02 "
        + "16:45,1.25\n")]
    [DataRow("time,kwh\n2026-03-02T16:15:00Z,0.25\n2026-03-02T17:30:00+01:00,0.5\n2026-03-03T00:45:00+0800,1.25\n")]
    [DataRow("epoch time,kwh\n1772468100,0.25\n1772469000,0.5\n1772469900,1.25\n")]
    [DataRow("time,kwh\n2026/3/3 0:15,0.25\n2026/3/3 0:30,0.5\n2026/3/3 0:45,1.25\n")]
    [DataRow("Zeit;Verbrauch\n03.03.2026 00:15;0,25\n03.03.2026 00:30;0,5\n03.03.2026 00:45;1,25\n")]
    [DataRow("时间,电量(kWh)\n2026年3月3日 0时15分,0.25\n2026年3月3日 0时30分,0.5\n2026年3月3日 0时45分,1.25\n")]
    [DataRow("time,kwh\n3-Mar-2026 12:15 AM,0.25\n3-Mar-2026 12:30 AM,0.5\n3-Mar-2026 12:45 AM,1.25\n")]
    [DataRow("Date,Time,kWh\n2026-03-03,00:15,0.25\n2026-03-03,00:30,0.5\n2026-03-03,00:45,1.25\n")]
    [DataRow("Consumption (kwh), Start, End\n 0.25, 2026-03-03T00:00:00+08:00, 2026-03-03T00:15:00+08:00\n0.5, "
        + "2026-03-03T00:15:00+08:00, 2026-03-03T00:30:00+08:00\n1.25, 2026-03-03T00:30:00+08:00, "
        + "2026-03-03T00:45:00+08:00\n")]
    [DataRow("time,kwh\n2026-03-03T00:45:00,1.25\n2026-03-03T00:30:00,0.5\n2026-03-03T00:15:00,0.25\n")]
    public void TheSameLoadIsReadFromEachForm(string text)
    {
        File.WriteAllText(_path, text);
        AssertIsTheLoad(Read("Asia/Shanghai"));
    }

    [TestMethod]
    [DataRow("Name,JOHN DOE\nAddress,\"1 MAIN ST, X\"\nAccount Number,123\nService,Service 1\n\nTYPE,DATE,START "
        + "TIME,END TIME,USAGE,UNITS,COST,NOTES\n"
        + "Electric usage,2026-03-03,00:00,00:14,0.25,kWh,$0.02,\nElectric "
            + "usage,2026-03-03,00:15,00:29,0.5,kWh,$0.02,\nElectric usage,2026-03-03,00:30,00:44,1.25,kWh,$0.02,\n")]
    [DataRow("Name,JOHN DOE\n\nTYPE,DATE,START TIME,END TIME,USAGE (kWh),COST,NOTES\n"
        + "Electric usage,3/3/2026,0:00,0:14,0.25,$0.02 ,\nElectric usage,3/3/2026,0:15,0:29,0.5,$0.02 ,\nElectric "
            + "usage,3/3/2026,0:30,0:44,1.25,$0.02 ,\n")]
    [DataRow("\"Energy Usage Information\"\n\n\"Energy consumption time period\",\"Usage(Real energy in "
        + "kilowatt-hours)\",\"Reading quality\"\n"
        + "\"2026-03-03 00:00:00 to 2026-03-03 00:15:00\",\"0.25\",\"\"\n\"2026-03-03 00:15:00 to 2026-03-03 "
            + "00:30:00\",\"0.5\",\"\"\n\"2026-03-03 00:30:00 to 2026-03-03 00:45:00\",\"1.25\",\"\"\n")]
    [DataRow("Date,Energy Consumption time Period Start,Energy Consumption time Period End,Delivered,Received\n"
        + "\"03/03/2026 \",\"03/03/2026 12:00AM \",\"03/03/2026 12:15AM \",\"0.25\",\"0.000\"\n\"03/03/2026 "
            + "\",\"03/03/2026 12:15AM \",\"03/03/2026 12:30AM \",\"0.5\",\"0.000\"\n"
        + "\"03/03/2026 \",\"03/03/2026 12:30AM \",\"03/03/2026 12:45AM \",\"1.25\",\"0.000\"\n")]
    [DataRow("Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape "
        + "metier;Unite\n"
        + "12345678901234;Courbe de charge;2026-03-03;2026-03-04;Energie active;Consommation;Comptage "
            + "Brut;W\nHorodate;Valeur\n"
        + "2026-03-03T00:15:00+08:00;1000\n2026-03-03T00:30:00+08:00;2000\n2026-03-03T00:45:00+08:00;5000\n")]
    [DataRow("MålepunktsID;Fra_dato;Til_dato;Mængde;Måleenhed;Kvalitet;Type\n57131;03-03-2026 00:00:00;03-03-2026 "
        + "00:15:00;0,25;KWH;Målt;Tidsserie\n"
        + "57131;03-03-2026 00:15:00;03-03-2026 00:30:00;0,5;KWH;Målt;Tidsserie\n57131;03-03-2026 "
            + "00:30:00;03-03-2026 00:45:00;1,25;KWH;Målt;Tidsserie\n")]
    public void TheFirstUtilitiesFilesAreReadAsTheyAre(string text)
    {
        File.WriteAllText(_path, text);
        AssertIsTheLoad(Read("Asia/Shanghai", new LoadSettings { TakesExport = true }));
    }

    [TestMethod]
    public void SpainsHoursAreNumberedByTheirEnd()
    {
        File.WriteAllText(_path, "CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion\n"
            + string.Concat(Enumerable.Range(1, 24).Select(hour => $"ES1;13/05/2024;{hour};0,{hour:000};R\n"))
            + string.Concat(Enumerable.Range(1, 24).Select(hour => $"ES1;14/05/2024;{hour};1,{hour:000};R\n")));
        LoadFile load = Read("Europe/Madrid");
        Assert.AreEqual(48, load.Microjoules.Count);
        Assert.AreEqual(Instant.FromUtc(2024, 5, 12, 22, 0).ToUnixTimeSeconds(), load.StartUtcSeconds);
        Assert.AreEqual(KilowattHour / 1000, load.Microjoules[0]);
    }

    [TestMethod]
    public void EveryEncodingOfTheWorldsSpreadsheetsIsFound()
    {
        const string text = "时间,电量(kWh)\r\n2026-03-03 00:15,0.25\r\n2026-03-03 00:30,0.5\r\n2026-03-03 00:45,1.25\r\n";
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Encoding gbk = Encoding.GetEncoding("GB18030");
        Encoding[] encodings =
        [
            new UTF8Encoding(false), new UTF8Encoding(true), new UnicodeEncoding(false, true),
                new UnicodeEncoding(true, true),
            new UnicodeEncoding(false, false), new UnicodeEncoding(true, false), gbk,
        ];
        foreach (Encoding encoding in encodings)
        {
            File.WriteAllBytes(_path, [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
            AssertIsTheLoad(Read("Asia/Shanghai"));
        }

        File.WriteAllBytes(_path, Encoding.Latin1.GetBytes(text.Replace("时间", "Z\u00E4hlzeit").Replace("电量", "Menge")));
        AssertIsTheLoad(Read("Asia/Shanghai"));
        File.WriteAllBytes(_path, [.. "time,"u8, 0xFF, 0x80, 0x81, .. "\n2026-03-03T00:15:00,1\n"u8]);
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read("Asia/Shanghai")).Message,
            "--encoding says what it is");
    }

    [TestMethod]
    public void MonthAndDayAreToldApartByTheRowsOrAsked()
    {
        string Rows(string format) => "time,kwh\n" + string.Concat(Enumerable.Range(0, 96 * 2).Select(i =>
            $"{new DateTime(2026, 5, 4).AddMinutes(15 * (i + 1)).ToString(format, null)},1\n"));
        foreach (string format in new[] { "dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm", "dd-MM-yyyy HH:mm",
            "MM/dd/yyyy hh:mm tt" })
        {
            File.WriteAllText(_path, Rows(format));
            Assert.AreEqual(Instant.FromUtc(2026, 5, 3, 16, 0).ToUnixTimeSeconds(),
                Read("Asia/Shanghai").StartUtcSeconds, format);
        }

        File.WriteAllText(_path, "time,kwh\n04/05/2026 00:15,1\n04/05/2026 00:30,1\n");
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read("Asia/Shanghai")).Message,
            ":2: column 1 (time): '04/05/2026 00:15' may be month first or day first; --date-order");
        Assert.AreEqual(Instant.FromUtc(2026, 5, 3, 16, 0).ToUnixTimeSeconds(),
            Read("Asia/Shanghai", new LoadSettings { DateOrder = "day-first" }).StartUtcSeconds);
    }

    private static void AssertIsTheLoad(LoadFile load)
    {
        Assert.AreEqual(Instant.FromUtc(2026, 3, 2, 16, 0).ToUnixTimeSeconds(), load.StartUtcSeconds);
        Assert.AreEqual(900, load.StepSeconds);
        CollectionAssert.AreEqual(new[] { KilowattHour / 4, KilowattHour / 2, KilowattHour / 4 * 5 },
            load.Microjoules.ToArray());
    }

    private LoadFile Read(string zone, LoadSettings settings = null) =>
        LoadFile.Read(_path, DateTimeZoneProviders.Tzdb[zone], settings);
}
