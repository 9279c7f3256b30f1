using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ZXing;
using ZXing.Common;
using ZXing.QrCode;

namespace MeterFirmware.Tools.Tests.Commissioning;

/// <summary>`meterctl board`: a folder is whole and the board takes it, or there is one error and no folder.</summary>
[TestClass]
public sealed class BoardFolderTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("mf-board").FullName;

    private string Folder => Path.Combine(_root, "m1");

    [TestCleanup]
    public void Delete() => Directory.Delete(_root, true);

    [TestMethod]
    public void AFolderHoldsWhatTheBoardReadsAndOnlyItsOwnerMayReadIt()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        string settings = SecretFile.Write(_root, "wifi.json",
            Encoding.UTF8.GetBytes("""{"ssid":"Werk 7","wifiPassword":"geheim99","instantSeconds":20}"""));
        (string ca, string certificate, string key) = Certificates();
        CommandLine run = New("--secret", SecretFile.Write(_root, "m1.secret", secret), "--settings", settings,
            "--broker", "mqtts://a.example:8884,mqtts://b.example", "--ca", ca, "--cert", certificate, "--key", key);
        Assert.AreEqual(0, run.ExitCode, run.Errors);

        JsonElement read = Json("settings.json");
        Assert.AreEqual("000012345678", read.GetProperty("device").GetString());
        Assert.AreEqual("a.example:8884,b.example:8883", read.GetProperty("brokerHost").GetString());
        Assert.AreEqual("I:\\ca.crt", read.GetProperty("brokerAuthorityFile").GetString());
        Assert.AreEqual("Werk 7", read.GetProperty("ssid").GetString());
        Assert.AreEqual(15, read.GetProperty("intervalMinutes").GetInt32(), "the site class says it");
        Assert.AreEqual(20, read.GetProperty("instantSeconds").GetInt32(), "the file goes before the site class");
        CollectionAssert.AreEqual(secret, File.ReadAllBytes(Path.Combine(Folder, "secret.bin")));
        byte[] table = File.ReadAllBytes(Path.Combine(Folder, "tariff.bin"));
        Assert.IsTrue(TariffTable.TryLoad(table, table.Length, out TariffTable _, out string error), error);
        CollectionAssert.AreEqual(File.ReadAllBytes(key), File.ReadAllBytes(Path.Combine(Folder, "device.key")));

        // The list brings every file but itself and the record, from this folder to the board's drive.
        string[] brought = [.. Json("deploy.json").GetProperty("files").EnumerateArray().Select(file =>
            $"{file.GetProperty("SourceFilePath")} {file.GetProperty("DestinationFilePath")}").Order()];
        CollectionAssert.AreEqual(Directory.EnumerateFiles(Folder).Select(Path.GetFileName)
            .Where(name => name is not ("deploy.json" or "commissioning.json"))
            .Select(name => $"{name} I:\\{name}").Order().ToArray(), brought);
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Folder));
            foreach (string file in Directory.EnumerateFiles(Folder))
            {
                Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file), file);
            }
        }

        Assert.DoesNotContain("bench", run.Errors);
        AssertWithoutSecret(File.ReadAllText(Path.Combine(Folder, "commissioning.json")), secret);
    }

    [TestMethod]
    public void ABenchMakesItsSecretAndSaysSo()
    {
        Assert.AreEqual(0, New("--bench").ExitCode);
        byte[] first = File.ReadAllBytes(Path.Combine(Folder, "secret.bin"));
        Directory.Delete(Folder, true);
        CommandLine run = New("--bench", "--broker", "mqtt://192.168.1.9");
        StringAssert.Contains(run.Errors, "bench: the secret was made here");
        StringAssert.Contains(run.Errors, "plain text: everybody");
        Assert.IsTrue(Json("settings.json").GetProperty("brokerPlainText").GetBoolean());
        Assert.HasCount(32, first);
        CollectionAssert.AreNotEqual(first, File.ReadAllBytes(Path.Combine(Folder, "secret.bin")));
        Assert.AreEqual("bench", Json("commissioning.json").GetProperty("keys").GetString());
    }

    [TestMethod]
    public void EveryKindOfPlaceSuitsEveryMeterBoardAndHasItsReasons()
    {
        Assert.HasCount(6, SiteClass.All);
        int folders = 0;
        foreach (BoardKind board in BoardKind.All.Where(board => board.Product == "meter"))
        {
            foreach (SiteClass site in SiteClass.All)
            {
                Assert.IsTrue(site.Presets.All(preset => preset.Why.Length > 10), site.Name);
                foreach (string chip in board.Chips.Append(""))
                {
                    Dictionary<string, byte[]> files = BoardBundle.Make(new BoardRequest
                    {
                        Board = board,
                        Device = "m-1",
                        Site = site,
                        Tariff = "shanghai-household",
                        Port = "COM3",
                        Sensor = chip,
                        Secret = new byte[32],
                    });
                    JsonNode record = JsonNode.Parse(files[BoardBundle.RecordName]);
                    Assert.AreEqual(chip.Length > 0 ? chip : board.Chips[0], (string)record["sensor"]);
                    Assert.HasCount(site.Presets.Count, record["presets"].AsArray());
                    folders++;
                }
            }
        }

        Assert.IsGreaterThanOrEqualTo(100, folders);
    }

    [TestMethod]
    [DataRow("--board Nothing", "--board: 'Nothing', one of Esp32Atm90e32, ")]
    [DataRow("--board Esp32S3Charger", "--charger: what this charger is was expected: standard, ")]
    [DataRow("--board Esp32SiteController", "--plan: the site's limits and members were expected")]
    [DataRow("--plan nothing.txt", "--plan: a site's; Esp32DevKit is a meter's")]
    [DataRow("--billing-key nothing.bin", "--charger, --billing-key: a charger's; Esp32DevKit is a meter's")]
    [DataRow("--device m/1", "--device: 'm/1', 1 to 32 of A-Z a-z 0-9 - _ were expected")]
    [DataRow("--site castle", "--site: 'castle', one of residential, office, commercial, industrial, motorway, rural")]
    [DataRow("--tariff nowhere.json", "nowhere.json")]
    [DataRow("--tariff france-tempo", "france-tempo: $.device: a document for bills only")]
    [DataRow("--sensor bl0942", "settings.json: sensor must be one of ade7953, ina219")]
    [DataRow("--board Esp32ThreePhase --sensor modbus", "settings.json: sensor must be one of ade7953")]
    [DataRow("--secret S", "--secret, --bench: one of them was expected")]
    [DataRow("--broker http://a", "--broker: 'http://a' is no broker address")]
    [DataRow("--broker mqtts://a", "--ca: a board knows no authorities of its own")]
    [DataRow("--broker mqtts://a --ca BAD", "--ca: ")]
    [DataRow("--ca CA", "--ca, --cert, --key: only with --broker mqtts://HOST:PORT")]
    [DataRow("--broker mqtt://a --ca CA", "--ca, --cert, --key: only with an mqtts:// address")]
    [DataRow("--broker mqtts://a --ca CA --cert CERT", "--cert, --key: one needs the other")]
    [DataRow("--broker mqtts://a --ca CA --cert CA --key KEY", "The provided key does not match")]
    [DataRow("--out m0/m1", "--out: m0/m1: there is no such folder to put it in")]
    public void WhatDoesNotFitIsOneErrorAndNoFolder(string change, string expected)
    {
        (string ca, string certificate, string key) = Certificates();
        string bad = Path.Combine(_root, "bad.crt");
        File.WriteAllText(bad, "no certificate");
        string[] words = [.. change.Split(' ').Select(word => word switch
        {
            "CA" => ca,
            "CERT" => certificate,
            "KEY" => key,
            "BAD" => bad,
            "S" => SecretFile.Write(_root, "s", new byte[32]),
            _ => word,
        })];
        Refused(New([.. words, "--bench"]), expected);
    }

    [TestMethod]
    [DataRow("""{"intervalMinutes":7}""", "settings.json: intervalMinutes must be a divisor of 60")]
    [DataRow("""{"intervalMinutes":"15"}""", "intervalMinutes: no member of settings.json, or a value of another kind")]
    [DataRow("""{"wifi":"x"}""", "wifi: no member of settings.json")]
    [DataRow("""{"Device":"m-2"}""", "Device: --device says it")]
    [DataRow("""{"brokerHost":"x"}""", "brokerHost: --broker says it")]
    [DataRow("""{"accuracyClass":"2"}""", "settings.json: accuracyClass must be one of 1, 1CT")]
    [DataRow("""{"dlt645Password":"2:1"}""", "settings.json: dlt645Address must be 12 digits")]
    [DataRow("""{"noLoadMilliwatts":9}""", "settings.json: noLoadMilliwatts must be 0, or 345 to 5000 mW")]
    [DataRow("""{"ssid":"a","ssid":"b"}""", "more.json:1: ssid is given twice")]
    [DataRow("""{"ssid":"LONG"}""", "bytes; a board reads at most 2048")]
    [DataRow("[1]", "an object was expected")]
    [DataRow("{\n\"ssid\":", "more.json:2: not JSON")]
    public void SettingsThatTheBoardWouldRefuseAreRefusedHere(string text, string expected)
    {
        string path = SecretFile.Write(_root, "more.json",
            Encoding.UTF8.GetBytes(text.Replace("LONG", new string('x', 2100))));
        Refused(New("--bench", "--settings", path), expected);
    }

    [TestMethod]
    public void WhatIsThereAlreadyIsNotTouched()
    {
        Directory.CreateDirectory(Folder);
        CommandLine run = New("--bench");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, "is there already: a new folder was expected");
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [TestMethod]
    public void AnEthernetBoardTakesNoWifi()
    {
        string path = SecretFile.Write(_root, "more.json", Encoding.UTF8.GetBytes("""{"ssid":"a"}"""));
        Refused(New("--bench", "--settings", path, "--board", "Esp32Wt32Eth01"),
            "ssid, wifiPassword: Esp32Wt32Eth01 has no Wi-Fi");
    }

    [TestMethod]
    public void ALabelsCodeIsReadBackAndNoSecretStandsOnIt()
    {
        string settings = SecretFile.Write(_root, "wifi.json",
            Encoding.UTF8.GetBytes("""{"ssid":"Werk 7","wifiPassword":"geheim99"}"""));
        Assert.AreEqual(0, New("--bench", "--settings", settings).ExitCode);
        string label = Path.Combine(_root, "m1.svg");
        CommandLine run = CommandLine.Run("board", "label", Folder, "--out", label);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        string svg = File.ReadAllText(label);
        Assert.AreEqual("meterfirmware:000012345678?product=meter&board=Esp32DevKit", Scan(svg));
        StringAssert.Contains(svg, ">000012345678</text>");
        StringAssert.Contains(svg, "bench keys: not for customers");
        AssertWithoutSecret(svg, File.ReadAllBytes(Path.Combine(Folder, "secret.bin")));
    }

    [TestMethod]
    [DataRow(null, "a folder of 'meterctl board new' was expected")]
    [DataRow("{", "commissioning.json:1: not JSON")]
    [DataRow("[]", "commissioning.json: $.device: a text was expected")]
    [DataRow("""{"device":"a b","keys":"bench"}""", "$.device: 1 to 32 of A-Z a-z 0-9 - _ was expected")]
    [DataRow("""{"device":"a","keys":5}""", "$.keys: a text was expected")]
    public void ARecordThatIsNoneMakesNoLabel(string text, string expected)
    {
        if (text is not null)
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(Path.Combine(Folder, "commissioning.json"), text);
        }

        string label = Path.Combine(_root, "m1.svg");
        CommandLine run = CommandLine.Run("board", "label", Folder, "--out", label);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
        Assert.IsFalse(File.Exists(label));
    }

    [TestMethod]
    public void PresetsAreListedWithTheirReasons()
    {
        StringAssert.Contains(CommandLine.Run("board", "presets").Output, "motorway");
        JsonElement list = JsonDocument.Parse(CommandLine.Run("board", "presets", "--json").Output).RootElement;
        Assert.AreEqual("residential", list[0].GetProperty("name").GetString());
        Assert.AreEqual(15, list[0].GetProperty("presets")[0].GetProperty("value").GetInt32());
    }

    /// <summary>Defaults, of which later words take the place.</summary>
    private CommandLine New(params string[] more)
    {
        List<string> words = ["--board", "Esp32DevKit", "--device", "000012345678", "--site", "residential",
            "--tariff", "shanghai-household", "--port", "COM3", "--out", Folder];
        for (int i = 0; i < more.Length; i++)
        {
            bool isOption = more[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < more.Length;
            int at = isOption ? words.IndexOf(more[i]) : -1;
            if (at >= 0)
            {
                words[at + 1] = more[++i];
            }
            else
            {
                words.Add(more[i]);
            }
        }

        return CommandLine.Run(["board", "new", .. words]);
    }

    private void Refused(CommandLine run, string expected)
    {
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'), run.Errors);
        Assert.IsEmpty(Directory.EnumerateDirectories(_root));
    }

    private JsonElement Json(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    private static void AssertWithoutSecret(string text, byte[] secret)
    {
        Assert.DoesNotContain(Convert.ToHexStringLower(secret), text.ToLowerInvariant());
        Assert.DoesNotContain(Convert.ToBase64String(secret), text);
        Assert.DoesNotContain("geheim99", text);
        Assert.DoesNotContain("Werk 7", text);
    }

    /// <summary>The code as a scanner sees it: its modules drawn from the picture, not from what made it.</summary>
    private static string Scan(string svg)
    {
        (int X, int Y)[] dark = [.. Regex.Matches(svg, @"M(\d+) (\d+)h1v1h-1z").Select(module =>
            (int.Parse(module.Groups[1].Value), int.Parse(module.Groups[2].Value)))];
        int size = dark.Max(module => Math.Max(module.X, module.Y)) + 5;
        const int Scale = 4;
        byte[] luminances = Enumerable.Repeat((byte)255, size * size * Scale * Scale).ToArray();
        foreach ((int x, int y) in dark)
        {
            for (int i = 0; i < Scale * Scale; i++)
            {
                luminances[(y * Scale + i / Scale) * size * Scale + x * Scale + i % Scale] = 0;
            }
        }

        RGBLuminanceSource source = new(luminances, size * Scale, size * Scale,
            RGBLuminanceSource.BitmapFormat.Gray8);
        return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source)))?.Text;
    }

    private (string Authority, string Certificate, string Key) Certificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 own = new CertificateRequest("CN=000012345678", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using ECDsa otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 other = new CertificateRequest("CN=ca", otherKey, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        string authority = Path.Combine(_root, "authority.pem");
        string certificate = Path.Combine(_root, "own.pem");
        File.WriteAllText(authority, other.ExportCertificatePem());
        File.WriteAllText(certificate, own.ExportCertificatePem());
        return (authority, certificate,
            SecretFile.Write(_root, "own.key", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())));
    }
}
