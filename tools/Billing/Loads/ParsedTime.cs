using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>What a cell says of time.</summary>
/// <param name="Local">By the clock that the cell names; of a clock alone on 1 January 1970.</param>
/// <param name="OffsetSeconds">East of UTC; null: the cell names none.</param>
/// <param name="HasDate">Whether there is a date.</param>
/// <param name="HasClock">Whether there is a time of day.</param>
/// <param name="IsEpoch">Whether it was a number of seconds or milliseconds since 1970.</param>
internal readonly record struct ParsedTime(
    LocalDateTime Local, int? OffsetSeconds, bool HasDate, bool HasClock, bool IsEpoch)
{
    public bool IsFull => HasDate && HasClock;
}
