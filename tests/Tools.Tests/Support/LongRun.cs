using System;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>METER_LONG=1 asks for the full size of long runs; without it they take a short one.</summary>
public static class LongRun
{
    public static bool IsAsked => Environment.GetEnvironmentVariable("METER_LONG") == "1";
}
