using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MeterFirmware.Tools.MeterCtl;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace MeterFirmware.Tools.Tests.Input;

/// <summary>No table breaks a number, at 80 columns or in a pipe.</summary>
[TestClass]
[DoNotParallelize] // COLUMNS holds for the whole process.
public sealed class ScreenTests
{
    private const string Number = "123456789012345678901234567890.123";

    [TestMethod]
    public void ATableThatFitsIsATable()
    {
        string[] lines = Show(80, 2);
        Assert.IsTrue(lines.Any(line => line.Contains("column 0") && line.Contains("column 1")));
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(80)]
    [DataRow(200)]
    public void AWiderOneIsAListAndNoNumberIsBroken(int columns)
    {
        string[] lines = Show(columns, 8);
        Assert.AreEqual(8, lines.Sum(line => line.Split(Number).Length - 1), string.Join('\n', lines));
        Assert.AreEqual(8, lines.Count(line => line.Contains("column ")));
    }

    [TestMethod]
    public void InAPipeThereIsNoWidth() =>
        Assert.IsTrue(Show(1_000, 8).Any(line => line.Split(Number).Length == 9));

    [TestMethod]
    public void ATariffFitsEightyColumnsAndItsRatesHaveLetters()
    {
        string before = Environment.GetEnvironmentVariable("COLUMNS");
        try
        {
            Environment.SetEnvironmentVariable("COLUMNS", "80");
            Support.CommandLine run = Support.CommandLine.Run("tariff", "validate", "china-workplace-five-rates");
            Assert.AreEqual(0, run.ExitCode, run.Errors);
            string plain = Regex.Replace(run.Output, "\u001B\\[[0-9;]*m", "");
            Assert.IsTrue(plain.Split('\n').All(line => line.TrimEnd().Length <= 80), plain);

            // Rates are told apart without a colour: a letter each, in the table and in the days.
            StringAssert.Contains(plain, "│ A sharp");
            StringAssert.Contains(plain, "│ E deep");
            Assert.IsFalse(plain.Contains('█'));
        }
        finally
        {
            Environment.SetEnvironmentVariable("COLUMNS", before);
        }
    }

    private static string[] Show(int columns, int count)
    {
        IAnsiConsole before = AnsiConsole.Console;
        using StringWriter output = new();
        try
        {
            AnsiConsole.Console =
                AnsiConsole.Create(new AnsiConsoleSettings
                {
                    Out = new AnsiConsoleOutput(output),
                    Ansi = AnsiSupport.No
                });
            AnsiConsole.Profile.Width = Math.Max(columns, Number.Length + 12);
            Table table = new();
            table.AddColumns([.. Enumerable.Range(0, count).Select(i => $"column {i}")]);
            table.AddRow([.. Enumerable.Repeat(Number, count)]);
            Screen.Write(table);
        }
        finally
        {
            AnsiConsole.Console = before;
        }

        return output.ToString().Split('\n');
    }
}
