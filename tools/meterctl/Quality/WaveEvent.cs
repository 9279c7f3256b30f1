using MeterFirmware.Catalogue;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Tools.MeterCtl.Quality;

/// <summary>A dip, swell or interruption as the meter recorded it, at the recording's own time.</summary>
internal sealed record WaveEvent(string Kind, double BeginSeconds, long DurationMs, double Volts,
    IReadOnlyList<int> Phases, bool BeganBefore, bool GoesOn)
{
    /// <param name="startUtcSeconds">The meter's time at the first sample.</param>
    /// <param name="firstSeconds">The recording's time of it.</param>
    public static WaveEvent Of(EventRecord record, long startUtcSeconds, double firstSeconds)
    {
        long beginMs = (record.StartUtcSeconds - startUtcSeconds) * 1000 + record.Values[4];
        string kind = record.Code switch
        {
            EventCode.VoltageDip => "dip",
            EventCode.VoltageSwell => "swell",
            _ => "interruption",
        };
        return new WaveEvent(
            kind, firstSeconds + beginMs / 1000.0, record.Values[0], record.Values[1] / 1000.0,
            [.. Enumerable.Range(0, 3).Where(phase => (record.Values[3] >> phase & 1) != 0)],
            (record.Values[5] & EventCode.VoltageBeganBefore) != 0, (record.Values[5] & EventCode.VoltageGoesOn) != 0);
    }

    public static bool IsOne(EventRecord record) =>
        record.Code is EventCode.VoltageDip or EventCode.VoltageSwell or EventCode.VoltageInterruption;

    public override string ToString() =>
        FormattableString.Invariant($"{Kind} of {DurationMs} ms at {BeginSeconds:F3} s, {Volts:F1} V, ")
        + string.Join(' ', Phases.Select(phase => $"u{phase + 1}"))
        + (BeganBefore ? ", from the start on" : "") + (GoesOn ? ", goes on at the end" : "");
}
