using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MeterFirmware.Tools.Generate;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Catalogue;

/// <summary>What is committed is what the catalogues say.</summary>
[TestClass]
public sealed class GeneratedTextTests
{
    private static readonly Repository _repository = Repository.Find(AppContext.BaseDirectory);

    [TestMethod]
    public void CommittedTextIsWhatTheCataloguesMake()
    {
        string[] differing = [.. Outputs.Make(_repository).Where(o =>
            _repository.TryRead(o.Path) != o.Text).Select(o => o.Path)];
        Assert.IsEmpty(differing, $"{string.Join(", ", differing)}: dotnet run --project tools/Generate writes them");
    }

    [TestMethod]
    public void MakingTwiceMakesTheSame()
    {
        (string Path, string Text)[] first = [.. Outputs.Make(_repository)];
        CollectionAssert.AreEqual(first, Outputs.Make(_repository).ToArray());
        CollectionAssert.AllItemsAreUnique(first.Select(o => o.Path).ToArray());
    }

    /// <summary>Numbers that 0.1.0 sent and stored.</summary>
    [TestMethod]
    [DataRow("event 1 PowerUp")]
    [DataRow("event 48 Metrology")]
    [DataRow("event 122 StateDamaged")]
    [DataRow("slot 20 ReversePower.2")]
    [DataRow("slot 46 Metrology")]
    [DataRow("charger-fault 13 welded")]
    [DataRow("sensor-fault 4 EnergyGap")]
    [DataRow("measurand 12 frequency")]
    [DataRow("setting 31 acknowledgement.plain")]
    [DataRow("device-setting 12 acknowledgement.plain")]
    [DataRow("device-setting 13 grid.returnSeconds")]
    [DataRow("command 29 calibration")]
    public void TheLedgerHoldsWhatWasGiven(string line) =>
        CollectionAssert.Contains(_repository.Read("firmware/Catalogue/numbers.txt").Split('\n'), line);

    [TestMethod]
    public void ANumberIsNeverGivenToAnother() => AssertRefused("events.json",
        text => text.Replace("\"name\": \"PowerUp\"", "\"name\": \"PoweredUp\""),
        "event 1 was given to PowerUp and is never given to PoweredUp");

    [TestMethod]
    public void ANameNeverGetsAnotherNumber() => AssertRefused("events.json",
        text => text.Replace("\"code\": 1,", "\"code\": 49,"),
            "PowerUp has a number already and does not get event 49 as well");

    [TestMethod]
    public void ANumberOfAnEntryThatIsGoneStaysTaken()
    {
        Dictionary<string, string> files = Files();
        string ledger = files["firmware/Catalogue/numbers.txt"] + "event 99 Gone\n";
        files["firmware/Catalogue/numbers.txt"] = ledger;
        string made = Outputs.Make(Copy(files)).First(o => o.Path.EndsWith("numbers.txt",
            StringComparison.Ordinal)).Text;
        Assert.AreEqual(ledger, made);
        files["firmware/Catalogue/events.json"] =
            files["firmware/Catalogue/events.json"].Replace("\"code\": 122,", "\"code\": 99,");
        AssertRefused(files, "event 99 was given to Gone and is never given to StateDamaged");
    }

    [TestMethod]
    [DataRow("events.json", "\"code\": 2,", "\"code\": 1,", "code 1: of PowerUp and ClockStep; one was expected")]
    [DataRow("events.json", "\"slot\": 29", "\"slot\": 30", "slot 30: of ClockStep and SensorFaults; one was expected")]
    [DataRow("events.json", "\"slot\": 46", "\"slot\": 49", "slot: the next free one is 46")]
    [DataRow("events.json", "\"judged\": \"low\"", "\"judged\": \"lower\"",
        "event UnderVoltage: judged: low or high was expected")]
    [DataRow("events.json", "\"end\": 176000", "\"end\": 170000",
        "event UnderVoltage: end: the good side of begin was expected")]
    [DataRow("events.json", "\"dlt645\": [\"03 11\"]", "\"dlt645\": [\"04 11\"]",
        "event PowerUp: dlt645: '03 tt' or '03 30 kk' was expected")]
    [DataRow("events.json", "\"opens\": \"at once\"", "\"opens\": \"soon\"",
        "fault charger RcdAc: opens: 'at once' or 'in order' was expected")]
    [DataRow("events.json", "\"slot\": 28", "\"slots\": 28", "line 7: $.events[0].slots: there is no such member")]
    [DataRow("events.json", "\"code\": 1,", "\"code\": \"one\",", "line 4: $.events[0].code")]
    [DataRow("measurands.json", "\"obis\": \"1-0:1.8.0\"", "\"obis\": \"1-0:2.8.0\"",
        "obis 1-0:2.8.0: of ImportActiveEnergy and ExportActiveEnergy; one was expected")]
    [DataRow("measurands.json", "\"columns\": \"each\"", "\"columns\": \"every\"",
        "measurand Voltage: columns: total, each or both was expected")]
    [DataRow("settings.json", "\"max\": 65535", "\"max\": 80",
        "setting link.port: default: inside min and max (integer) was expected")]
    [DataRow("settings.json", "\"default\": 171600", "\"default\": 171000",
        "event UnderVoltage: begin: the default of events.underVoltageMillivolts, 171000, was expected")]
    [DataRow("settings.json", "\"by\": [\"utility\"]", "\"by\": [\"owner\"]",
        "setting link.host: by: utility, or utility and technician")]
    [DataRow("commands.json", "\"closed\": \"flag\"", "\"closed\": \"flog\"",
        "relay.meter.closed: 'flog' is no type; one of text, count")]
    [DataRow("commands.json", "\"roles\": [\"utility\"]", "\"roles\": [\"user\"]",
        "roles: some of utility, technician, owner, reader")]
    public void AWrongCatalogueIsOneErrorThatNamesFileAndPlace(string file, string right, string wrong, string error) =>
        AssertRefused(file, text => ReplaceFirst(text, right, wrong), error);

    [TestMethod]
    public void AFileWithoutItsMarkersIsOneError()
    {
        Dictionary<string, string> files = Files();
        files["firmware/Catalogue/README.md"] = files["firmware/Catalogue/README.md"].Replace("generated faults end",
            "");
        AssertRefused(files, "firmware/Catalogue/README.md: line ");
    }

    private static string ReplaceFirst(string text, string right, string wrong)
    {
        int at = text.IndexOf(right, StringComparison.Ordinal);
        return text[..at] + wrong + text[(at + right.Length)..];
    }

    private static void AssertRefused(string name, Func<string, string> change, string error)
    {
        Dictionary<string, string> files = Files();
        string path = $"firmware/Catalogue/{name}";
        string changed = change(files[path]);
        Assert.AreNotEqual(files[path], changed, "the example changes something");
        files[path] = changed;
        AssertRefused(files, error);
    }

    private static void AssertRefused(Dictionary<string, string> files, string error)
    {
        CatalogueException e = Assert.ThrowsExactly<CatalogueException>(() => Outputs.Make(Copy(files)).ToArray());
        StringAssert.Contains(e.Message, error);
        StringAssert.StartsWith(e.Message, "firmware/Catalogue/");
        Assert.DoesNotContain('\n', e.Message);
    }

    /// <summary>The files that the generator reads.</summary>
    private static Dictionary<string, string> Files() => Outputs.Inputs.ToDictionary(path => path, _repository.Read);

    private static Repository Copy(Dictionary<string, string> files)
    {
        string root = Directory.CreateTempSubdirectory("catalogue").FullName;
        File.WriteAllText(Path.Combine(root, "MeterFirmware.sln"), "");
        Repository copy = Repository.Find(root);
        foreach ((string path, string text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path)));
            copy.Write(path, text);
        }

        return copy;
    }
}
