using System;
using System.Numerics;
using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>The device's 64-bit money against integers without bound, and its ticks against the allocator.</summary>
[TestClass]
public class CostRegisterExactTests
{
    private static readonly BigInteger _wh = Scaling.MicrojoulesPerWattHour;

    [TestMethod]
    public void ALineEqualsTheExactProductRoundedOnce()
    {
        Random random = new(7);
        for (int i = 0; i < 200_000; i++)
        {
            long wattHours = (long)Math.Pow(10, random.NextDouble() * 12);
            long microjoules = random.NextInt64(Scaling.MicrojoulesPerWattHour);
            long price = (long)Math.Pow(10, random.NextDouble() * 12) * (random.Next(2) * 2 - 1);
            BigInteger parts = (wattHours * _wh + microjoules) * price;
            if (BigInteger.Abs(parts) / Bill.PartsPerTenThousandth > long.MaxValue / 4)
            {
                continue;
            }

            Assert.AreEqual(Rounded(parts), Bill.LineCost(wattHours, microjoules, price),
                $"{wattHours} {microjoules} {price}");
        }
    }

    [TestMethod]
    public void AYearOfTicksWithTiersEqualsTheExactSum()
    {
        TariffTable table = TariffFile.Load("shanghai-household").Table;
        CostRegister register = new(2, 3, false);
        Assert.IsTrue(register.TryUse(table));
        TariffCursor cursor = new(table);
        Random random = new(3);
        BigInteger[] parts = new BigInteger[2];
        BigInteger[] energy = new BigInteger[2];
        BigInteger consumed = 0;
        int year = 0;
        long utc = 1_767_000_000;
        for (int i = 0; i < 40_000; i++)
        {
            utc += random.Next(1, 2400);
            cursor.Seek(utc);
            if (cursor.LocalYear != year)
            {
                year = cursor.LocalYear;
                consumed = 0;
            }

            long left = random.NextInt64(3_600_000_000_000);
            register.Add(cursor.Rate, left, utc);
            energy[cursor.Rate] += left;
            while (left > 0)
            {
                int tier = consumed >= 4_800_000 * _wh ? 2 : consumed >= 3_120_000 * _wh ? 1 : 0;
                BigInteger room = tier == 2 ? left : (tier == 1 ? 4_800_000 : 3_120_000) * _wh - consumed;
                long part = (long)BigInteger.Min(left, room);
                parts[cursor.Rate] += (BigInteger)part * (table.ImportPrice(cursor.Rate)
                    + table.TierAdd(tier, cursor.Rate));
                consumed += part;
                left -= part;
            }
        }

        Assert.IsGreaterThan(4_800_000 * _wh, energy[0] + energy[1]);
        for (int rate = 0; rate < 2; rate++)
        {
            BigInteger sum = 0;
            for (int tier = 0; tier < 3; tier++)
            {
                sum += register.WattHours(rate, tier) * _wh + register.RemainderMicrojoules(rate, tier);
            }

            Assert.AreEqual(energy[rate], sum);
            Assert.AreEqual(Rounded(parts[rate]), register.RateCost(rate));
        }
    }

    [TestMethod]
    public void NothingIsAllocatedInATick()
    {
        TariffTable table = TariffFile.Load("sce-tou-ev-4").Table;
        TariffTable spare = TariffFile.Load("sce-tou-ev-4").Table;
        DayAheadPrices dayAhead = new(2, true);
        TariffSets sets = null;
        CostRegister import = new(6, 1, false);
        CostRegister export = new(6, 1, true);
        PrepaymentAccount account = new();
        byte[] state = new byte[import.StateBytes];
        const long Start = 1_772_000_000; // A week before daylight saving begins.
        long sum = 0;
        Allocation.AssertNone(() =>
        {
            sets = new TariffSets(table, 6, 1, dayAhead);
            sets.Seek(Start);
            Assert.IsTrue(sets.TryLoadSpare(spare, Start + 9_000, Start + 1_000_000, Start + 2_000_000, Start
                + 3_000_000, Start, out string error), error);
            Assert.IsTrue(dayAhead.TrySet(table, sets.Cursor.LocalDayNumber, new long[96], new long[96], 96, out error),
                error);
            Run(1000);
            return () => sum += Run(400_000);
        });
        Assert.AreNotEqual(0L, sum);
        Assert.IsGreaterThanOrEqualTo(4, sets.SwitchCount);

        long Run(int ticks)
        {
            long total = 0;
            for (int i = 0; i < ticks; i++)
            {
                long utc = Start + i * 100L;
                sets.Seek(utc);
                import.Follow(sets);
                export.Follow(sets);
                import.Add(sets.Rate, 123_456_789, utc);
                export.Add(sets.Rate, 23_456_789, utc);
                if (i % 1000 == 0)
                {
                    account.Charge(import.Total());
                    total += account.Balance;
                    import.Save(state, 0);
                    import.TryLoad(state, 0);
                }
            }

            return total;
        }
    }

    private static long Rounded(BigInteger parts)
    {
        BigInteger magnitude =
            (BigInteger.Abs(parts) * 2 + Bill.PartsPerTenThousandth) / (2 * (BigInteger)Bill.PartsPerTenThousandth);
        return (long)(parts.Sign < 0 ? -magnitude : magnitude);
    }
}
