using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>
/// Asserts that code allocates nothing. The runtime itself allocates on the calling thread when code is first run,
/// tiered up or cast for the first time, at moments of its own choosing; the code under test is deterministic. So the
/// same work is done in several rounds: what it allocates shows in each of them, what the runtime does once does not,
/// and the least counts.
/// </summary>
internal static class Allocation
{
    private const int Rounds = 4;

    /// <summary>Bytes of the least of the rounds that <paramref name="measure"/> measures itself.</summary>
    public static long Least(Func<long> measure)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least != 0; round++)
        {
            least = Math.Min(least, measure());
        }

        return least;
    }

    /// <summary>Fails when <paramref name="round"/>, which may be done again and again, allocates each time.</summary>
    public static void AssertNone(Action round)
    {
        Assert.AreEqual(0L, Least(() => BytesOf(round)), "bytes allocated");
    }

    /// <summary>The same for work that can be done only once: each round prepares it anew, unmeasured.</summary>
    public static void AssertNone(Func<Action> prepare) =>
        Assert.AreEqual(0L, Least(() => BytesOf(prepare())), "bytes allocated");

    private static long BytesOf(Action round)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
