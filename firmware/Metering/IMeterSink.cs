using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>What the meter tells the product, from inside a tick. Objects handed over are reused: copy what must
/// last.</summary>
public interface IMeterSink
{
    /// <summary>An interval ended and its record is complete.</summary>
    void OnInterval(IntervalRecord record);

    /// <summary>The calendar was moved by more than the meter slews over; both in UTC ms.</summary>
    void OnClockStep(long fromUtcMs, long toUtcMs);

    /// <summary>A local day ended at this instant, in UTC seconds.</summary>
    void OnDayEnd(long utcSeconds);

    /// <summary>Energy is booked exactly up to this multiple of the configured grid, in UTC seconds. Valid calendar
    /// only.
    /// </summary>
    void OnGrid(long utcSeconds);

    /// <summary>Another tariff table is in force from this instant, up to which energy is booked: a part of the spare
    /// set switched, or the current set was replaced.</summary>
    /// <param name="parts">Bits 1 &lt;&lt; TariffPart.</param>
    void OnTableSwitch(int parts);

    /// <summary>A bit of <see cref="MeterFault"/> was raised or cleared.</summary>
    void OnFault(int fault, bool raised, long utcSeconds);
}
