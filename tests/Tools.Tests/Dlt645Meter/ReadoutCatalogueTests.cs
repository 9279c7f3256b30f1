using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using MeterFirmware.Catalogue;
using MeterFirmware.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>facts/dlt645-2007.md: every identifier is answered by the product or stands in the README's table of what
/// is not, with its reason.</summary>
[TestClass]
public class ReadoutCatalogueTests
{
    [TestMethod]
    public void EveryIdentifierIsAnsweredOrListedWithItsReason()
    {
        ReadoutBench bench = new();
        FillEveryMemory(bench);
        List<string> gaps = Gaps();
        HashSet<string> used = [];
        List<string> wrong = [];
        foreach (uint di in Identifiers(bench))
        {
            bool answered = bench.Ask(Dlt645Protocol.Read, Request(bench, di)) != null;
            string gap = gaps.Find(g => Matches(g, di));
            if (gap != null)
            {
                used.Add(gap);
            }

            if (answered == (gap != null))
            {
                wrong.Add($"{di:X8} {(answered ? "answered, yet listed" : "neither answered nor listed")}");
            }
        }

        Assert.AreEqual("", string.Join(", ", wrong));
        Assert.AreEqual("", string.Join(", ", gaps.FindAll(g => !used.Contains(g))),
            "listed, but not in the catalogue walked");
    }

    private static void FillEveryMemory(ReadoutBench bench)
    {
        bench.Run(3 * 86_400, 1_000);
        bench.Command(Dlt645Protocol.Freeze, "99 99 99 99");
        bench.Command(Dlt645Protocol.Freeze, "30 99 99 99");
        bench.Meter.Recorder.OnTableSwitch(15, 0);
        EventRecord record = new() { ValueCount = 5 };
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            record.Code = EventSlots.CodeOf(slot);
            record.Phase = EventSlots.PhaseOf(slot);
            record.StartUtcSeconds = ReadoutBench.Start;
            record.EndUtcSeconds = ReadoutBench.Start + 60;
            bench.Meter.Recorder.Events.TryAdd(record);
        }

        foreach (uint di in new uint[] { 0x04000B01, 0x04000601, 0x04000602, 0x04000603, 0x04010000, 0x04010001,
            0x04030001 })
        {
            bench.Meter.Recorder.Note(EventCode.Programming, di);
        }

        bench.Meter.Recorder.Note(EventCode.RelayOperated, 0);
        bench.Meter.Recorder.Note(EventCode.RelayOperated, 1);
        bench.Run(7_200, 1_000);
    }

    private static byte[] Request(ReadoutBench bench, uint di)
    {
        byte[] id = ReadoutBench.Identifier(di);

        // "At time" needs one: 2026-01-31 00:00, and a count.
        return di >> 24 == 6 && (di & 0xFF) == 1 ? [.. id, 1, 0, 0, 0x31, 0x01, 0x26] : id;
    }

    /// <summary>The rows of the facts for a single-phase meter with four rates, one of everything that
    /// repeats.</summary>
    private static IEnumerable<uint> Identifiers(ReadoutBench bench)
    {
        foreach (uint last in new uint[] { 0, 1 })
        {
            for (uint rate = 0; rate <= (uint)bench.Readout.Counts.Rates; rate++)
            {
                for (uint quantity = 0; quantity <= 0x0A; quantity++)
                {
                    yield return (quantity << 16) | (rate << 8) | last;
                    if (quantity > 0)
                    {
                        yield return 0x01000000 | (quantity << 16) | (rate << 8) | last;
                    }
                }
            }
        }

        for (uint quantity = 1; quantity <= 9; quantity++)
        {
            yield return 0x02000100 | (quantity << 16);
        }

        for (uint quantity = 3; quantity <= 6; quantity++)
        {
            yield return 0x02000000 | (quantity << 16);
        }

        foreach (uint di in new uint[] { 0x020A0101, 0x020B0115 })
        {
            yield return di;
        }

        for (uint last = 1; last <= 0x0B; last++)
        {
            yield return 0x02800000 | last;
        }

        yield return 0x02800020;
        foreach (uint di in Events())
        {
            yield return di;
        }

        foreach (uint di in Parameters())
        {
            yield return di;
        }

        for (uint type = 0; type <= 7; type++)
        {
            foreach (uint part in new uint[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x10 })
            {
                if (type != 4 || part <= 2)
                {
                    yield return 0x05000001 | (type << 16) | (part << 8);
                }
            }
        }

        for (uint profileClass = 0; profileClass <= 6; profileClass++)
        {
            for (uint which = 0; which <= 2; which++)
            {
                yield return 0x06000000 | (profileClass << 16) | which;
            }
        }
    }

    private static IEnumerable<uint> Events()
    {
        foreach (uint type in new uint[] { 1, 2, 3, 4, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F })
        {
            yield return 0x03000000 | (type << 16);
            yield return 0x03000101 | (type << 16);
        }

        foreach (uint type in new uint[] { 5, 6, 7, 8, 9, 0x0A, 0x11, 0x1D, 0x1E, 0x35 })
        {
            yield return 0x03000000 | (type << 16);
            yield return 0x03000001 | (type << 16);
        }

        yield return 0x03120000;
        yield return 0x03120101;
        for (uint kind = 0; kind <= 0x0E; kind++)
        {
            yield return 0x03300000 | (kind << 8);
            yield return 0x03300001 | (kind << 8);
        }
    }

    private static IEnumerable<uint> Parameters()
    {
        (uint Row, uint First, uint Last)[] rows =
        [
            (1, 1, 4), (1, 6, 9), (2, 1, 7), (4, 1, 8), (4, 0x0A, 0x0D), (5, 1, 3), (5, 4, 4), (5, 7, 7), (6, 1, 3),
            (9, 1, 6), (0x0A, 1, 7), (0x0B, 1, 3), (0x0C, 1, 10),
        ];
        foreach ((uint row, uint first, uint last) in rows)
        {
            for (uint i = first; i <= last; i++)
            {
                yield return 0x04000000 | (row << 8) | i;
            }
        }

        foreach (uint di in new uint[]
        {
            0x04010000, 0x04010001, 0x04010002, 0x04020000, 0x04020001, 0x04030001, 0x04050101, 0x04050104,
            0x04050201, 0x04060001, 0x04060101, 0x04060102, 0x04060201, 0x04060302,
            0x04800001, 0x04800002, 0x04800003,
        })
        {
            yield return di;
        }
    }

    /// <summary>First column of the table under "What is not answered": eight digits, x for any.</summary>
    private static List<string> Gaps()
    {
        List<string> gaps = [];
        bool isTable = false;
        foreach (string line in File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Dlt645Meter.md")))
        {
            isTable = line.StartsWith("## What is not answered", StringComparison.Ordinal)
                || (isTable && !line.StartsWith("## ", StringComparison.Ordinal));
            string[] cells = line.Split('|');
            if (!isTable || cells.Length < 4 || cells[1].Contains("identifier", StringComparison.Ordinal)
                || cells[1].Contains("---", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (string pattern in cells[1].Split(','))
            {
                string digits = pattern.Replace(" ", "", StringComparison.Ordinal);
                Assert.AreEqual(8, digits.Length, pattern);
                Assert.IsTrue(cells[2].Trim().Length > 10, "a reason: " + pattern);
                gaps.Add(digits);
            }
        }

        Assert.IsTrue(gaps.Count > 5);
        return gaps;
    }

    private static bool Matches(string pattern, uint di)
    {
        string digits = di.ToString("X8", CultureInfo.InvariantCulture);
        for (int i = 0; i < digits.Length; i++)
        {
            if (pattern[i] != 'x' && pattern[i] != digits[i])
            {
                return false;
            }
        }

        return true;
    }
}
