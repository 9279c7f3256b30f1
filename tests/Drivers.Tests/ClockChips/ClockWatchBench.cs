using MeterFirmware.Basics;
using MeterFirmware.Drivers.ClockChips;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.ClockChips;

/// <summary>A DS3231 whose watch knows the true time: each hour ends with three seconds of ticks.</summary>
internal sealed class ClockWatchBench : IClock
{
    /// <summary>2026-11-30 13:45:59 UTC.</summary>
    public const long Monday = 1_796_046_359;

    public const int TickMs = 70;

    private const long HourMs = 3_600_000;
    private const int TicksAnHour = 43;

    public ClockWatchBench()
    {
        Chip = new Ds3231Clock(Twin);
        Watch = new ClockWatch(this, Chip);
    }

    public ClockChipTwin Twin { get; } = new ClockChipTwin(ClockChipTwin.Ds3231);

    public ClockChip Chip { get; }

    public ClockWatch Watch { get; }

    public long NowMs { get; private set; }

    public bool HasTime { get; set; } = true;

    public void Run(int hours, bool isTrusted)
    {
        for (int hour = 0; hour < hours; hour++)
        {
            Pass(HourMs - TicksAnHour * TickMs);
            for (int tick = 0; tick < TicksAnHour; tick++)
            {
                Pass(TickMs);
                Watch.Tick(NowMs, isTrusted);
            }
        }
    }

    public void Pass(long milliseconds)
    {
        NowMs += milliseconds;
        Twin.Advance(milliseconds);
    }

    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        utcSeconds = Monday + NowMs / 1000;
        milliseconds = (int)(NowMs % 1000);
        return HasTime;
    }

    public void SetUtc(long utcSeconds, int milliseconds) =>
        Invariant.Require(false, "the better time is only read");
}
