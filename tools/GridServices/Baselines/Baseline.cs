using NodaTime;

namespace MeterFirmware.Tools.GridServices.Baselines;

/// <summary>
/// What a load would have been in the hours of an event, by one of the methods that settle demand response, and how
/// well the method does on days without one.
/// </summary>
public sealed class Baseline
{
    private const int Hour = 3600;
    private const int DaySeconds = 86_400;
    private const int LookBackDays = 45;
    private const decimal FactorMin = 0.8m;
    private const decimal FactorMax = 1.2m;

    private readonly LoadDays _load;
    private readonly BaselineMethod _method;
    private readonly IReadOnlyList<DemandEvent> _events;
    private readonly HashSet<LocalDate> _eventDays;

    public Baseline(LoadDays load, BaselineMethod method, IReadOnlyList<DemandEvent> events)
    {
        _load = load;
        _method = method;
        _events = events;
        _eventDays = [.. events.Select(e => e.Date)];
    }

    /// <summary>One result an event; <see cref="InputException"/> where the load is too short for it.</summary>
    public BaselineResult Of(DemandEvent asked)
    {
        int[] hours = Seconds(asked.FromSecond, asked.ToSecond);
        decimal actual = Sum(asked.Date, hours) ?? throw new InputException(
            $"--event {asked.Date:uuuu-MM-dd}: the load has no energy for all of its hours");
        if (Estimate(asked, out decimal factor) is not decimal[] wattHours)
        {
            throw new InputException($"--event {asked.Date:uuuu-MM-dd}: {Missing}");
        }

        return new BaselineResult(asked, wattHours.Sum(), actual, factor);
    }

    /// <summary>Mean error and root mean square error of the intervals in the events' hours, in percent of their mean
    /// load, over the days without an event that are of an event's type. Null: there is no such day.</summary>
    public (decimal BiasPercent, decimal RrmsePercent)? Quality()
    {
        decimal errors = 0;
        decimal actuals = 0;
        double squares = 0;
        int count = 0;
        foreach (DemandEvent asked in _events)
        {
            int[] hours = Seconds(asked.FromSecond, asked.ToSecond);
            bool isRest = _load.IsRest(asked.Date);
            foreach (LocalDate date in _load.Dates.Where(d => IsNormal(d) && _load.IsRest(d) == isRest))
            {
                if (Sum(date, hours) is null || Estimate(asked with { Date = date }, out _) is not decimal[] wattHours)
                {
                    continue;
                }

                for (int i = 0; i < hours.Length; i++)
                {
                    decimal actual = _load.At(date, hours[i])!.Value;
                    decimal error = wattHours[i] - actual;
                    errors += error;
                    actuals += actual;
                    squares += (double)(error * error);
                    count++;
                }
            }
        }

        return actuals == 0 ? null
            : (errors / actuals * 100, (decimal)Math.Sqrt(squares / count) / (actuals / count) * 100);
    }

    private string Missing => _method switch
    {
        BaselineMethod.TenInTen =>
            $"10 days of the same type without an event were expected in the {LookBackDays} days before",
        BaselineMethod.LastFive =>
            $"5 working days without an event were expected in the {LookBackDays} days before",
        BaselineMethod.FiveOfTen =>
            $"10 working days without an event were expected in the {LookBackDays} days up to two days before",
        _ => "3 hours before and 2 hours after, an hour left out on each side, were expected",
    };

    /// <summary>Wh of each interval; null: the load has too few days.</summary>
    private decimal[]? Estimate(DemandEvent asked, out decimal factor)
    {
        factor = 1;
        if (_method == BaselineMethod.SameDay)
        {
            return SameDay(asked);
        }

        int[] hours = Seconds(asked.FromSecond, asked.ToSecond);
        int[] before = _method == BaselineMethod.TenInTen ? FreeSeconds(
            asked, asked.FromSecond - 4 * Hour, asked.FromSecond - Hour) : [];
        LocalDate last = asked.Date.PlusDays(_method == BaselineMethod.FiveOfTen ? -2 : -1);
        bool isRest = _method == BaselineMethod.TenInTen && _load.IsRest(asked.Date);
        List<LocalDate> days =
        [
            .. Enumerable.Range(0, LookBackDays).Select(back => last.PlusDays(-back))
                .Where(d => IsNormal(d) && _load.IsRest(d) == isRest && Sum(d, hours) is not null
                    && Sum(d, before) is not null)
                .Take(_method == BaselineMethod.LastFive ? 5 : 10),
        ];
        if (days.Count < (_method == BaselineMethod.LastFive ? 5 : 10))
        {
            return null;
        }

        if (_method == BaselineMethod.FiveOfTen)
        {
            days = [.. days.OrderByDescending(d => Sum(d, hours)).Take(5)];
        }

        if (_method == BaselineMethod.TenInTen)
        {
            decimal usual = days.Sum(d => Sum(d, before)!.Value) / days.Count;
            decimal? today = Sum(asked.Date, before);
            if (today is null)
            {
                return null;
            }

            factor = usual == 0 ? 1 : Math.Clamp(today.Value / usual, FactorMin, FactorMax);
        }

        decimal scale = factor / days.Count;
        return [.. hours.Select(second => days.Sum(d => _load.At(d, second)!.Value) * scale)];
    }

    private decimal[]? SameDay(DemandEvent asked)
    {
        int[] around =
        [
            .. FreeSeconds(asked, asked.FromSecond - 4 * Hour, asked.FromSecond - Hour),
            .. FreeSeconds(asked, asked.ToSecond + Hour, asked.ToSecond + 3 * Hour),
        ];
        if (around.Length == 0 || Sum(asked.Date, around) is not decimal sum)
        {
            return null;
        }

        return [.. Seconds(asked.FromSecond, asked.ToSecond).Select(_ => sum / around.Length)];
    }

    /// <summary>No event on this day: on an event's own day the load is not the usual one.</summary>
    private bool IsNormal(LocalDate date) => !_eventDays.Contains(date);

    private int[] Seconds(int from, int to) =>
        [.. Enumerable.Range(0, (to - from) / _load.StepSeconds).Select(i => from + i * _load.StepSeconds)];

    /// <summary>Without those in which another event was on; hours before 0 are the day before's.</summary>
    private int[] FreeSeconds(DemandEvent asked, int from, int to) =>
    [
        .. Seconds(from, to).Where(second => !_events.Any(e =>
            IsWithin(e, second - DaySeconds * Period.DaysBetween(asked.Date, e.Date)))),
    ];

    private static bool IsWithin(DemandEvent one, int second) =>
        second >= one.FromSecond && second < one.ToSecond;

    private decimal? Sum(LocalDate date, int[] seconds)
    {
        decimal sum = 0;
        foreach (int second in seconds)
        {
            if (_load.At(date, second) is not decimal wattHours)
            {
                return null;
            }

            sum += wattHours;
        }

        return sum;
    }
}
