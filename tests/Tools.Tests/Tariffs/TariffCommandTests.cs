using System;
using System.IO;
using System.Text.Json;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>The command line's contract: exit codes, one JSON document on stdout, nothing half written.</summary>
[TestClass]
public class TariffCommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private string _out = "";
    private string _error = "";

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestMethod]
    public void AGoodFileIsExitCode0AndOneJsonDocument()
    {
        Assert.AreEqual(0, Run("tariff", "validate", "ontario-household", "--json"));
        JsonElement root = JsonDocument.Parse(_out).RootElement;
        Assert.IsTrue(root.GetProperty("valid").GetBoolean());
        Assert.AreEqual("on-peak", root.GetProperty("rates")[0].GetString());
        Assert.AreEqual("", _error);
    }

    [TestMethod]
    public void ABadFileIsExitCode2WithEveryErrorOnItsLine()
    {
        string file =
            Write(TariffSource.Good.Replace("0.617", "0.6170001").Replace("\"peak\"], [\"22", "\"x\"], [\"22"));
        Assert.AreEqual(2, Run("tariff", "validate", file));
        string[] lines = _error.TrimEnd().Split('\n');
        Assert.HasCount(2, lines);
        StringAssert.StartsWith(lines[0], file
            + ": $.days.workday[1][1]: unknown rate \"x\"; expected one of \"peak\", \"valley\"");
        StringAssert.StartsWith(lines[1], file + ": $.prices.peak: \"0.6170001\" has 7 decimal places");
        Assert.AreEqual(2, Run("tariff", "validate", file, "--json"));
        Assert.AreEqual(2, JsonDocument.Parse(_out).RootElement.GetProperty("errors").GetArrayLength());
    }

    [TestMethod]
    public void ABadFileIsNotCompiledAndTheOldTableStays()
    {
        string table = Path.Combine(_folder, "t.mft");
        File.WriteAllText(table, "old");
        Assert.AreEqual(2, Run("tariff", "compile", Write(TariffSource.With("0.617", "-1e1")), "--out", table));
        Assert.HasCount(1, _error.TrimEnd().Split('\n'));
        StringAssert.Contains(_error, "$.prices.peak");
        Assert.AreEqual("old", File.ReadAllText(table));
        Assert.HasCount(2, Directory.GetFiles(_folder));
    }

    [TestMethod]
    public void ACompiledTableIsLoadedByTheFirmware()
    {
        string table = Path.Combine(_folder, "t.mft");
        Assert.AreEqual(0, Run("tariff", "compile", Write(TariffSource.Good), "--out", table, "--json"));
        byte[] bytes = File.ReadAllBytes(table);
        Assert.AreEqual(bytes.Length, JsonDocument.Parse(_out).RootElement.GetProperty("bytes").GetInt32());
        Assert.IsTrue(TariffTable.TryLoad(bytes, bytes.Length, out TariffTable loaded, out string error), error);
        Assert.AreEqual("Test", loaded.Name);
    }

    [TestMethod]
    [DataRow("tariff", "compile", "shanghai-household")]
    [DataRow("tariff", "validate", "no-such-tariff")]
    [DataRow("tariff", "compile", "shanghai-household", "--out", "/no/such/folder/t.mft")]
    [DataRow("tariff", "compile", "shanghai-household", "--out", "t.mft", "--from-year", "2026", "--until-year",
        "2030")]
    [DataRow("tariff", "import-acn", "no-such-file.json")]
    [DataRow("tariff", "examples", "--show", "nothing")]
    public void BadUsageIsExitCode2AndOneLine(params string[] args)
    {
        Assert.AreEqual(2, Run(args));
        Assert.AreEqual("", _out);
        Assert.HasCount(1, _error.TrimEnd().Split('\n'), _error);
    }

    [TestMethod]
    public void AnImportIntoAZoneThatDoesNotExistIsRefused()
    {
        string file =
            Write(
                """{"name":"T","schedule":["""
                    + """{"id":"All","effective_start":"01-01","effective_end":"12-31","dow_mask":"ALL","times":["""
                    + """0],"tariffs":[0.1]}]}""");
        Assert.AreEqual(2, Run("tariff", "import-acn", file, "--timezone", "Mars/Olympus"));
        StringAssert.Contains(_error, "$.timezone: unknown time zone \"Mars/Olympus\"");
        Assert.AreEqual(0, Run("tariff", "import-acn", file));
        Assert.AreEqual("America/Los_Angeles", TariffSource.Parse(_out).Model.TimeZoneText);
    }

    private string Write(string text)
    {
        string file = Path.Combine(_folder, "tariff.json");
        File.WriteAllText(file, text);
        return file;
    }

    private int Run(params string[] args)
    {
        CommandLine run = CommandLine.Run(args);
        _out = run.Output;
        _error = run.Errors;
        return run.ExitCode;
    }
}
