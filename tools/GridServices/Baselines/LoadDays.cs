using MeterFirmware.Tools.Billing.Loads;
using NodaTime;

namespace MeterFirmware.Tools.GridServices.Baselines;

/// <summary>A load by local day: the energy of each of a day's intervals, and which days are no working days.</summary>
public sealed class LoadDays
{
    private const int DaySeconds = 86_400;
    private const decimal MicrojoulesPerWattHour = 3_600_000_000m;

    private readonly Dictionary<LocalDate, long?[]> _days = [];
    private readonly HashSet<IsoDayOfWeek> _weekends;
    private readonly HashSet<LocalDate> _holidays;

    /// <param name="zone">Of the load's local times. An hour that the clocks repeat counts once, its first
    /// time.</param>
    public LoadDays(
        LoadFile load, DateTimeZone zone, HashSet<IsoDayOfWeek> weekends, HashSet<LocalDate> holidays)
    {
        StepSeconds = load.StepSeconds <= 3600 && 3600 % load.StepSeconds == 0 ? load.StepSeconds
            : throw new InputException(
                $"{load.Path}: intervals of {load.StepSeconds} s; parts of an hour were expected");
        _weekends = weekends;
        _holidays = holidays;
        for (int i = 0; i < load.Microjoules.Count; i++)
        {
            LocalDateTime local = Instant.FromUnixTimeSeconds(load.StartUtcSeconds + (long)i * StepSeconds)
                .InZone(zone).LocalDateTime;
            if (!_days.TryGetValue(local.Date, out long?[]? day))
            {
                day = new long?[DaySeconds / StepSeconds];
                _days.Add(local.Date, day);
            }

            int second = (int)(local.TimeOfDay.TickOfDay / NodaConstants.TicksPerSecond);
            if (second % StepSeconds != 0)
            {
                throw new InputException(FormattableString.Invariant(
                    $"{load.Path}: the interval that begins {local:uuuu-MM-dd'T'HH:mm:ss} does not begin on a whole ")
                    + FormattableString.Invariant($"step of {StepSeconds} s of the local day"));
            }

            // One that has no row was left out: it is no interval without load.
            bool isMissing = load.Lines.Count > 0 && load.Lines[i] == 0;
            day[second / StepSeconds] ??= isMissing ? null : load.Microjoules[i];
        }
    }

    public int StepSeconds { get; }

    public IEnumerable<LocalDate> Dates => _days.Keys.Order();

    public bool IsRest(LocalDate date) => _weekends.Contains(date.DayOfWeek) || _holidays.Contains(date);

    /// <summary>Wh of the interval that begins at a second of a day; below 0 and beyond a day's end it is another
    /// day's. Null: the load has none.</summary>
    public decimal? At(LocalDate date, int second)
    {
        int days = (int)Math.Floor((double)second / DaySeconds);
        return _days.TryGetValue(date.PlusDays(days), out long?[]? day)
            && day[(second - days * DaySeconds) / StepSeconds] is long microjoules
                ? microjoules / MicrojoulesPerWattHour : null;
    }
}
