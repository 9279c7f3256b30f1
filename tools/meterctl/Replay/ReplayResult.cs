using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>What a replay found.</summary>
/// <param name="Meter">The meter as it stands at the end.</param>
/// <param name="UnmeteredMicrojoules">Energy of the file that flowed while the meter could not count.</param>
/// <param name="Days">Sums of the interval records by local day and rate.</param>
/// <param name="Intervals">Interval records made.</param>
/// <param name="Events">Event records made, in order; of a run with extras only.</param>
/// <param name="Ticks">Turns of the firmware's loop.</param>
/// <param name="Elapsed">Wall time of the run.</param>
public sealed record ReplayResult(
    SimulatedMeter Meter, long UnmeteredMicrojoules, IReadOnlyList<ReplayDay> Days, long Intervals,
    IReadOnlyList<EventRecord> Events, long Ticks, TimeSpan Elapsed);

/// <summary>One local day: energy per rate in mWh.</summary>
public sealed record ReplayDay(DateOnly Date, long[] RateMilliwattHours)
{
    public long MilliwattHours => RateMilliwattHours.Sum();
}
