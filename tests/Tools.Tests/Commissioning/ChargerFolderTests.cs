using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using MeterFirmware.Boards.ChargerDevice;
using MeterFirmware.SiteController;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.MeterCtl.PcBoard;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commissioning;

/// <summary>`meterctl board new` for chargers and sites: whole folders that the board's own rules take.</summary>
[TestClass]
public sealed class ChargerFolderTests
{
    private const string Wallbox =
        """{"standard":"iec61851","stationMilliampsMax":16000,"phaseCount":3,"hasSocket":true""";

    private const string Counts =
        ""","highCountsAt12":3610,"highCountsAt6":2395,"lowCountsAt12":402,"lowCountsAt6":1190""";

    private const string Plan = """
        topic site/7
        key 000102030405060708090a0b0c0d0e0f
        phases 3
        limit 63000
        meter mains reserve 40000
        member 0 safe 6000 phases 123
        member 1 safe 6000 phases 231
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("mf-charger").FullName;

    private string Folder => Path.Combine(_root, "c1");

    [TestCleanup]
    public void Delete() => Directory.Delete(_root, true);

    [TestMethod]
    public void EveryKindOfPlaceSuitsChargersAndSitesAndHasItsReasons()
    {
        foreach (SiteClass site in SiteClass.All)
        {
            Assert.IsTrue(site.Charger.Concat(site.Site).All(preset => preset.Why.Length > 10), site.Name);
            Good(New("charger", site.Name, Write("wallbox.json", Wallbox + Counts + "}"), "COM3"));
            ChargerSettings settings = BoardRules.ReadCharger("charger.json", Read("charger.json"), Nothing);
            foreach (SitePreset preset in site.Charger)
            {
                Assert.AreEqual(preset.Value.ToJsonString(), JsonDocument.Parse(Read("charger.json")).RootElement
                    .GetProperty(preset.Name).GetRawText(), site.Name);
            }

            Assert.AreEqual(3610, settings.HighCountsAt12);
            Assert.HasCount(32, Read("billing.bin"));
            Assert.DoesNotContain("accuracyClass", Encoding.UTF8.GetString(Read("settings.json")));
            Directory.Delete(Folder, true);

            Good(New("site", site.Name, Write("plan.txt", Plan), "COM3"));
            SiteSettings plan = BoardRules.ReadSite("site.txt", Read("site.txt"));
            Assert.AreEqual(2, plan.MemberCount);
            StringAssert.Contains(Encoding.UTF8.GetString(Read("site.txt")), $"\npreference {site.Site[0].Value}\n");
            Directory.Delete(Folder, true);
        }
    }

    [TestMethod]
    public void AChargersFolderIsBroughtWholeAndWhatItIsToldGoesBeforeThePlace()
    {
        string path = Write("wallbox.json", Wallbox + Counts + """
            ,"isFree":false,"gridLine":"COM2","gridMeterFile":"I:\\sdm630.txt"}
            """);
        Good(New("charger", "residential", path, "COM3"));
        ChargerSettings settings = BoardRules.ReadCharger("charger.json", Read("charger.json"),
            name => File.ReadAllText(Path.Combine(Folder, name[3..])));
        Assert.IsFalse(settings.IsFree, "the file goes before the place");
        Assert.IsTrue(settings.PlansByPrice, "the place says it");
        string list = Encoding.UTF8.GetString(Read("deploy.json"));
        foreach (string name in new[] { "charger.json", "billing.bin", "sdm630.txt", "secret.bin", "tariff.bin" })
        {
            StringAssert.Contains(list, $"I:\\\\{name}");
        }

        JsonElement record = JsonDocument.Parse(Read("commissioning.json")).RootElement;
        Assert.AreEqual("charger", record.GetProperty("product").GetString());
        Assert.DoesNotContain("isFree", record.GetProperty("presets").EnumerateArray()
            .Select(preset => preset.GetProperty("name").GetString()));
        Assert.DoesNotContain(Convert.ToHexStringLower(Read("billing.bin")), record.GetRawText());
        string label = Path.Combine(_root, "c1.svg");
        Good(CommandLine.Run("board", "label", Folder, "--out", label));
        StringAssert.Contains(File.ReadAllText(label), "charger, Esp32S3Charger");
    }

    [TestMethod]
    public void ASimulatedChargerNeedsNoCalibrationAndRunsAsItsFolderSays()
    {
        Good(New("charger", "residential", Write("wallbox.json", Wallbox + "}"), "sim"));
        CommandLine real = New("charger", "residential", Write("wallbox.json", Wallbox + "}"), "COM3", "c2");
        Assert.AreEqual(2, real.ExitCode);
        StringAssert.Contains(real.Errors, "wallbox.json: charger.json: the pilot's calibration points must be 0 to");
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        using PcCharger charger = new(folder, new() { Device = "c-1" }, 1_790_000_000);
        charger.Tick();
        StringAssert.Contains(charger.Report(), "vehicle none");
    }

    [TestMethod]
    [DataRow("charger", """{"standard":"iec"}""", "charger.json: standard must be iec61851 or gbt18487")]
    [DataRow("charger", """{"fuse":16}""", "fuse: no member of charger.json")]
    [DataRow("charger", """{"isFree":1}""", "isFree: no member of charger.json, or a value of another kind")]
    [DataRow("charger", "{\n\"standard\":", "wallbox.json:2: not JSON")]
    [DataRow("charger", "[]", "an object was expected")]
    [DataRow("charger", Wallbox + ""","stationMilliampsMax":5000}""", "wallbox.json:1: stationMilliampsMax is given")]
    [DataRow("charger", Wallbox + ""","gridLine":"COM2","gridMeterFile":"I:\\oven.txt"}""",
        "charger.json: I:\\oven.txt: I:\\NAME.txt of a meter that ships was expected: ")]
    [DataRow("charger", Wallbox + ""","siteMember":1}""", "siteMember must be 0 to 63, with either siteLine or")]
    [DataRow("site", "limit 63000\n", "site.txt: ")]
    [DataRow("site", "", "site.txt: ")]
    public void WhatTheBoardWouldRefuseIsOneErrorAndNoFolder(string product, string text, string expected)
    {
        CommandLine run = New(product, "residential", Write("wallbox.json", text), "sim");
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'), run.Errors);
        Assert.IsEmpty(Directory.EnumerateDirectories(_root));
    }

    private static string Nothing(string path) => throw new FileNotFoundException(path);

    private static void Good(CommandLine run) => Assert.AreEqual(0, run.ExitCode, run.Errors);

    private byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    private string Write(string name, string text) => SecretFile.Write(_root, name, Encoding.UTF8.GetBytes(text));

    private CommandLine New(string product, string site, string file, string port, string name = "c1")
    {
        (string board, string option) = product == "charger"
            ? ("Esp32S3Charger", "--charger") : ("Esp32SiteController", "--plan");
        List<string> words = ["--board", board, "--device", "c-1", "--site", site, "--tariff",
            "china-workplace-five-rates", "--port", port, "--bench", option, file, "--out", Path.Combine(_root, name)];
        return CommandLine.Run(["board", "new", .. words]);
    }
}
