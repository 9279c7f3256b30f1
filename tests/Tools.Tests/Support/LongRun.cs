using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>METER_LONG=1 asks for the size of long runs that `.ci/run` takes; without it they take a short one.
/// METER_FULL=1 asks for the size that a figure is stated of.</summary>
public static class LongRun
{
    public static bool IsAsked => Environment.GetEnvironmentVariable("METER_LONG") == "1";

    public static bool IsFull => Environment.GetEnvironmentVariable("METER_FULL") == "1";

    /// <summary>A case that waits for real time or a server, beside a shorter one of its kind: a plain `dotnet test`
    /// leaves it out, `.ci/run` has it.</summary>
    /// <param name="isLong">False for a row that always runs.</param>
    public static void AskedOrSkip(bool isLong = true)
    {
        if (isLong && !IsAsked)
        {
            Assert.Inconclusive("skipped: METER_LONG=1 runs it");
        }
    }
}
