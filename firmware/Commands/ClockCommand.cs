using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>The command clock {"utcSeconds":n}, the same for every product.</summary>
public static class ClockCommand
{
    // 2020 to 2100: a time outside of it is a slip, and would close an interval in the wrong century.
    private const long Earliest = 1_577_836_800;
    private const long Latest = 4_102_444_800;

    /// <summary>Sets the clock. Returns a <see cref="CommandRefusal"/>.</summary>
    public static int Execute(FlatJson arguments, IClock clock)
    {
        if (arguments.Count != 1 || !arguments.TryGetInteger("utcSeconds", out long utcSeconds))
        {
            return CommandRefusal.BadArgument;
        }

        if (utcSeconds < Earliest || utcSeconds > Latest)
        {
            return CommandRefusal.OutOfRange;
        }

        clock.SetUtc(utcSeconds, 0);
        return CommandRefusal.None;
    }
}
