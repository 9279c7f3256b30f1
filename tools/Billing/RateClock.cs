using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;
using NodaTime.TimeZones;

namespace MeterFirmware.Tools.Billing;

/// <summary>
/// Which rate of a document runs at a moment, and until when. By the rules of the device's cursor: local wall time
/// selects the rate, an announced day goes before a holiday, that before the day of the week and the season, in the repeated hour both passes have
/// the rate of their wall time.
/// </summary>
internal sealed class RateClock
{
    private const int DaySeconds = 86_400;
    private readonly TariffModel _model;
    private readonly Dictionary<LocalDate, int> _holidays;
    private readonly AnnouncedTables _announced;
    private ZoneInterval? _zone;

    public RateClock(TariffModel model, IReadOnlyList<AnnouncedDay> announced)
    {
        _model = model;
        _announced = new AnnouncedTables(model, announced);
        _holidays = model.Holidays.ToDictionary(one => one.Date, one => one.DayTable);
    }

    public int Rate { get; private set; }

    public string RateName => _model.Rates[Rate];

    /// <summary>The local date.</summary>
    public LocalDate Date { get; private set; }

    /// <summary>The season of the date.</summary>
    public SeasonModel Season { get; private set; } = new(1, 1, 0, 0);

    /// <summary>UTC second at which rate, date or offset may be another.</summary>
    public long UntilUtc { get; private set; } = long.MinValue;

    /// <summary>UTC second for which they were looked up.</summary>
    public long FromUtc { get; private set; } = long.MaxValue;

    public void Seek(long utc)
    {
        if (utc >= FromUtc && utc < UntilUtc)
        {
            return;
        }

        Instant now = Instant.FromUnixTimeSeconds(utc);
        if (_zone is null || !_zone.Contains(now))
        {
            _zone = _model.TimeZone.GetZoneInterval(now);
        }

        int offset = _zone.WallOffset.Seconds;
        long day = FloorDivide(utc + offset, DaySeconds);
        long midnight = day * DaySeconds - offset;
        Date = new LocalDate(1970, 1, 1).PlusDays((int)day);
        Season = _model.SeasonOf(Date)!;
        int minute = (int)((utc - midnight) / 60);
        int table = _announced.TableAt(Date, minute, utc);
        if (table < 0)
        {
            table = _holidays.TryGetValue(Date, out int holiday) ? holiday : Season.TableOf(Date.DayOfWeek);
        }

        List<PeriodModel> periods = _model.Days[table].Periods;
        int at = periods.FindLastIndex(period => period.StartMinute <= minute);
        Rate = periods[at].Rate;
        long end = at + 1 < periods.Count ? midnight + periods[at + 1].StartMinute * 60L : midnight + DaySeconds;
        end = Math.Min(end, _announced.UntilUtc(Date, midnight, utc));
        UntilUtc = _zone.HasEnd ? Math.Min(end, _zone.End.ToUnixTimeSeconds()) : end;
        FromUtc = utc;
    }

    private static long FloorDivide(long dividend, long divisor) =>
        dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}
