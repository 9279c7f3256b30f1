using MeterFirmware.Arbiter;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>Runs the firmware's grid room over a trace, at the tick of the charger's product.</summary>
internal static class ResponseRun
{
    /// <summary>EvChargerProduct's.</summary>
    public const int TickMs = 10;

    public static IReadOnlyList<ResponseResult> Run(GridUnit unit, ResponseTrace trace)
    {
        Measurement reading = new() { PhaseCount = 1 };
        List<ResponseResult> results = [];
        long tickMs = trace.Rows[0].Ms;
        for (int i = 0; i < trace.Rows.Count; i++)
        {
            ResponseRow row = trace.Rows[i];
            reading.FrequencyMillihertz = row.Millihertz;
            reading.VoltageMillivolts[0] = row.Millivolts;
            unit.Wanted.Set(SetPointSource.Driver, row.SetpointWatts, long.MaxValue);

            // The last row ends with its first tick.
            long endMs = i + 1 < trace.Rows.Count ? trace.Rows[i + 1].Ms : tickMs + 1;
            for (; tickMs < endMs; tickMs += TickMs)
            {
                unit.Tick(tickMs, reading, row.IsMeasured);
            }

            string? cause = unit.Ride.Cause == TripKind.None ? null : TripKind.NameOf(unit.Ride.Cause);
            results.Add(new ResponseResult(row.Ms, unit.Watts, Word(unit.Ride.State), unit.Vars, cause));
        }

        return results;
    }

    private static string Word(GridState state) => state switch
    {
        GridState.Run => "run",
        GridState.Cease => "cease",
        GridState.Trip => "trip",
        GridState.Wait => "wait",
        _ => "ramp",
    };
}
