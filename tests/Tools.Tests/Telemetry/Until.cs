using System;
using System.Diagnostics;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Waits for a condition, with a deadline that only a broken program meets.</summary>
internal static class Until
{
    public static void True(Func<bool> condition, string what, int secondsMax = 180)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed.TotalSeconds > secondsMax)
            {
                Assert.Fail($"not within {secondsMax} s: {what}");
            }

            Thread.Sleep(1);
        }
    }
}
