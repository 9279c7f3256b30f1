using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.Input;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Input;

/// <summary>Every option that takes a number reads it in one way, whatever the language of the PC.</summary>
[TestClass]
public sealed class NumberOptionTests
{
    private static readonly string[] _never = ["10,5", "1.000,5", "1,000", "NaN", "Infinity", "0x10", "1 000", "1_000",
        "٣", "", "ten", "1e999"];

    [TestMethod]
    public void EveryOptionOfANumberRefusesWhatIsReadDifferentlyElsewhere()
    {
        RootCommand root = Program.CreateRoot();
        List<(Command Command, Option Option)> options = [.. NumericOptions(root)];

        // The twelve that were found, and more.
        Assert.IsGreaterThan(30, options.Count);
        foreach ((Command command, Option option) in options)
        {
            foreach (string text in _never)
            {
                ParseResult parsed = command.Parse([option.Name, text]);
                Assert.IsTrue(
                    parsed.Errors.Any(error =>
                        error.Message.StartsWith($"{option.Name}: '{text}' is no number", StringComparison.Ordinal)),
                    $"{command.Name} {option.Name} takes '{text}'");
            }
        }
    }

    [TestMethod]
    public void ANumberIsTheSameInEveryLanguage()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach ((string point, string thousands) in new[] { (".", ","), (",", "."), (",", " ") })
            {
                CultureInfo language = (CultureInfo)CultureInfo.InvariantCulture.Clone();
                language.NumberFormat.NumberDecimalSeparator = point;
                language.NumberFormat.NumberGroupSeparator = thousands;
                CultureInfo.CurrentCulture = language;
                Command schedule = Program.CreateRoot().Subcommands.Single(command => command.Name == "schedule");
                Option<double> limit = (Option<double>)schedule.Options.Single(option => option.Name == "--site-kw");
                Assert.AreEqual(10.5, schedule.Parse(["--site-kw", "10.5"]).GetValue(limit), point + thousands);
                Assert.AreEqual(-105, schedule.Parse(["--site-kw=-1.05e2"]).GetValue(limit), point + thousands);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    [DataRow("replay --load x.csv --tariff shanghai-household --step 1,5s", "--step")]
    [DataRow("replay --load x.csv --tariff shanghai-household --prepaid 10,5", "--prepaid")]
    [DataRow("schedule --sessions x.csv --tariff shanghai-household --site-kw 10 --step 1,0m", "--step")]
    [DataRow("schedule --sessions x.csv --tariff shanghai-household --site-kw 10 --unbalance-amps -1",
        "--unbalance-amps")]
    [DataRow("simulate --meters 1 --speed 1,5", "--speed")]
    [DataRow("simulate --meters 1 --drain 1,5m", "--drain")]
    [DataRow("dlt645 read --tcp localhost:40,1 --address 1 --di 00010000", "--tcp")]
    [DataRow("dlt645 encode --address 1 --read 06010001 --at 2601010000 --count 150", "--count")]
    [DataRow("dlt645 encode --address 1 --read 06010001 --count -1", "--count")]
    [DataRow("schedule --sessions x.csv --tariff shanghai-household --site-kw 10,5", "--site-kw")]
    [DataRow("accuracy --ib 2,5", "--ib")]
    [DataRow("quality x.csv --declared 57,7", "--declared")]
    public void ATextWithANumberInItReadsItTheSameWay(string line, string option)
    {
        Support.CommandLine run = Support.CommandLine.Run(line.Split(' '));
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.StartsWith(run.Errors, $"meterctl: {option}: ");
        Assert.AreEqual("", run.Output);
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length);
    }

    [TestMethod]
    [DataRow("0.25", 0.25)]
    [DataRow("-1e3", -1000)]
    [DataRow("+7", 7)]
    public void ADecimalPointASignAndAnExponentAreRead(string text, double value)
    {
        Assert.IsTrue(NumberText.TryRead(text, out decimal exact));
        Assert.IsTrue(NumberText.TryRead(text, out double real));
        Assert.AreEqual(value, (double)exact);
        Assert.AreEqual(value, real);
    }

    private static IEnumerable<(Command Command, Option Option)> NumericOptions(Command command)
    {
        foreach (Option option in command.Options)
        {
            Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            if (type.IsPrimitive && type != typeof(bool) || type == typeof(decimal))
            {
                yield return (command, option);
            }
        }

        foreach ((Command, Option) below in command.Subcommands.SelectMany(NumericOptions))
        {
            yield return below;
        }
    }
}
