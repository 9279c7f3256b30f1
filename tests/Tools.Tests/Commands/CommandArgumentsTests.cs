using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using MeterFirmware.Commands;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>`meterctl command` looks at the arguments before it signs: what no product takes uses up no
/// number.</summary>
[TestClass]
public sealed class CommandArgumentsTests
{
    private readonly AsyncApiDocument _document = AsyncApiDocument.Load();

    private string _folder;
    private string _secret;

    [TestInitialize]
    public void MakeSecret()
    {
        _folder = Directory.CreateTempSubdirectory("mf-arguments-").FullName;
        _secret = SecretFile.Write(_folder, "m1.secret", new byte[DeviceSecurity.SecretBytes]);
    }

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void EveryCommandHasFormsAndEveryExampleIsTaken()
    {
        for (int code = 1; code <= CommandCode.CodeMax; code++)
        {
            Assert.IsTrue(CommandArguments.FormsOf(CommandCatalogue.NameOf(code)).Any(), CommandCatalogue.NameOf(code));
        }

        foreach ((string word, JsonNode products) in _document.Root["x-commands"].AsObject())
        {
            foreach (JsonNode form in products.AsObject().SelectMany(product => product.Value.AsArray()))
            {
                CommandArguments.Check(word, form["example"].ToJsonString());
            }
        }
    }

    [TestMethod]
    [DataRow("limit", """{"wats":5}""", "arguments of limit: $.watts: missing")]
    [DataRow("limit", """{"watts":5,"minutes":9}""", "$.minutes: no such member; watts, role expected")]
    [DataRow("limit", """{"milliamps":"6"}""", "$.milliamps: integer was expected: \"6\"")]
    [DataRow("limit", """{"milliamps":6000,"seconds":90000}""", "$.seconds: maximum 86400 was expected: 90000")]
    [DataRow("limit", """{"milliamps":-1}""", "$.milliamps: minimum 0 was expected: -1")]
    [DataRow("limit", """{"watts":1e400}""", "$.watts: integer was expected: 1e400")]
    [DataRow("limit", """{"watts":5,"watts":6}""", "arguments: Duplicate property 'watts'")]
    [DataRow("relay", """{"closed":1}""", "$.closed: boolean was expected: 1")]
    [DataRow("relay", """[true]""", "arguments: a JSON object was expected")]
    [DataRow("relay", """{"closed":""", "arguments: ")]
    [DataRow("session", """{"action":"start","token":5}""", "$.token: string was expected: 5")]
    [DataRow("session", """{"action":"start","token":"xyz"}""", "$.token: pattern")]
    [DataRow("clear", """{"what":"everything"}""", "$.what: enum")]
    [DataRow("restart", """{"now":true}""", "$.now: no such member; none expected")]
    [DataRow("rotate-key", """{"role":"king"}""", "$.role: enum")]
    public void WhatNoProductTakesIsRefusedByItsMember(string word, string arguments, string expected)
    {
        CommandLine refused = CommandLine.Run("command", word, arguments, "--device", "m1", "--secret", _secret,
            "--print");
        Assert.AreEqual(2, refused.ExitCode, refused.Output);
        StringAssert.Contains(refused.Errors, expected);
        Assert.AreEqual("", refused.Output);
        Assert.AreEqual(1, refused.Errors.TrimEnd().Split('\n').Length, "one line");
    }

    [TestMethod]
    public void ADeviceNewerThanTheToolIsReachedWithUnchecked()
    {
        CommandLine made = CommandLine.Run("command", "relay", """{"closed":true,"after":5}""", "--device", "m1",
            "--secret", _secret, "--print", "--unchecked");
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        StringAssert.Contains(made.Output, "\"after\":5");
    }
}
