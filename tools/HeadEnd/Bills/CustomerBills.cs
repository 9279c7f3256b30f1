using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using NodaTime;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Bills of customers from the readings that count, by the one bill engine. Each day is billed by the tariff's
/// document that holds then; a device that was exchanged goes on in the one that took its place.</summary>
public sealed class CustomerBills(FleetStore fleet, ExchangeStore exchanges, QualityStore quality,
    QualitySettings settings, TariffShelf shelf)
{
    /// <summary>1 mWh is 3.6 J.</summary>
    private const long MicrojoulesAMilliwattHour = 3_600_000;

    /// <summary>Makes a bill of whole local days, of one customer and one tariff.</summary>
    /// <exception cref="InputException">No tariff, another customer or tariff within the days, or intervals are
    /// missing: nothing is billed that nobody measured or estimated.</exception>
    public BillDocument Make(string address, DateOnly from, DateOnly until)
    {
        if (until <= from)
        {
            throw new InputException($"until: a day after {from:yyyy-MM-dd} was expected");
        }

        PlaceChain chain = new(fleet.Places(), exchanges.All(int.MaxValue));
        Place? first = chain.At(address, Midnight(from));
        if (first == null || first.Tariff.Length == 0)
        {
            throw new InputException($"{address}: it has no place with a tariff on {from:yyyy-MM-dd}");
        }

        List<Place> his = His(chain, first, until);
        IReadOnlyList<TariffFile> documents = shelf.Documents(first.Tariff, from, until);
        TariffFile tariff = documents[0];
        (long loadFrom, string? note) = LoadBegin(his, from, tariff);
        LoadFile load = Load(his, loadFrom, Start(until, tariff), out int others);
        BillDocument bill = BillEngine.Make(new BillRequest
        {
            Load = load,
            Documents = documents,
            From = Date(from),
            Until = Date(until),
        });
        return bill with { Notes = [.. bill.Notes, .. Notes(his, loadFrom, note, others)] };
    }

    private IEnumerable<string> Notes(List<Place> his, long loadFrom, string? note, int others)
    {
        if (note != null)
        {
            yield return note;
        }

        for (int i = 1; i < his.Count; i++)
        {
            if (his[i].Address != his[i - 1].Address && his[i].From.ToUnixTimeSeconds() > loadFrom)
            {
                yield return $"{his[i - 1].Address} was exchanged for {his[i].Address} on "
                    + $"{his[i].From.ToOffset(settings.Zone):yyyy-MM-dd HH:mm}";
            }
        }

        if (others > 0)
        {
            yield return $"{others} intervals are estimated or edited";
        }
    }

    /// <summary>All places that were the customer's up to the end of the days, without a gap. Within the days they are
    /// under one tariff.</summary>
    private List<Place> His(PlaceChain chain, Place first, DateOnly until)
    {
        List<Place> his = [first];
        for (Place? before = chain.Before(first); before != null && before.Customer == first.Customer;
            before = chain.Before(before))
        {
            his.Insert(0, before);
        }

        while (his[^1].To is { } end && end < Midnight(until))
        {
            Place? next = chain.After(his[^1]);
            if (next == null || next.Customer != first.Customer || next.Tariff != first.Tariff)
            {
                throw new InputException($"{first.Address}: its customer or tariff changes before {until:yyyy-MM-dd}, "
                    + $"on {end.ToOffset(settings.Zone):yyyy-MM-dd}; bill each part by itself");
            }

            his.Add(next);
        }

        return his;
    }

    /// <summary>The load begins with the tier period: what was used in it before the bill counts for the bill's tiers.
    /// It cannot begin before the place was this customer's, nor before its first interval.</summary>
    private (long From, string? Note) LoadBegin(List<Place> his, DateOnly from, TariffFile tariff)
    {
        long start = Start(from, tariff);
        LocalDate tiers = tariff.Model.TierBegin(Date(from));
        if (tariff.Model.Tiers.Count < 2 || tiers >= Date(from))
        {
            return (start, null);
        }

        long tierStart = Start(DateOnly.FromDateTime(tiers.ToDateTimeUnspecified()), tariff);
        long known = Up(Math.Max(his[0].From.ToUnixTimeSeconds(), quality.FirstStart(his[0].Address) ?? 0));
        return known <= tierStart ? (tierStart, null) : (Math.Min(known, start),
            $"tiers count from {SqlStore.At(known, (int)settings.Zone.TotalSeconds):yyyy-MM-dd} on: before, the device "
                + "was not this customer's, or sent nothing");
    }

    private DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, settings.Zone);

    private long Up(long utcSeconds)
    {
        long last = utcSeconds + settings.IntervalSeconds - 1;
        return last - last % settings.IntervalSeconds;
    }

    private static LocalDate Date(DateOnly day) => new(day.Year, day.Month, day.Day);

    private static long Start(DateOnly day, TariffFile tariff) => Date(day)
        .AtStartOfDayInZone(tariff.Zone).ToInstant().ToUnixTimeSeconds();

    private LoadFile Load(List<Place> his, long from, long to, out int others)
    {
        int step = settings.IntervalSeconds;
        int count = (int)((to - from) / step);
        long[] imports = new long[count];
        long[] exports = new long[count];
        bool[] covered = new bool[count];
        others = 0;
        foreach ((string address, Reading reading) in his.SelectMany(place => Readings(place, from, to)))
        {
            others += reading.Source == Reading.Measured ? 0 : 1;
            int slot = (int)((reading.StartUtcSeconds - from) / step);
            if (reading.EndUtcSeconds > from + (slot + 1L) * step)
            {
                throw new InputException($"{address}: an interval longer than {step} s; it cannot be billed here");
            }

            imports[slot] += reading.ImportMilliwattHours * MicrojoulesAMilliwattHour;
            exports[slot] += reading.ExportMilliwattHours * MicrojoulesAMilliwattHour;
            covered[slot] = true;
        }

        int missing = covered.Count(one => !one);
        return missing > 0
            ? throw new InputException($"{his[^1].Address}: {missing} of {count} intervals are missing, the first at "
                + $"{DateTimeOffset.FromUnixTimeSeconds(from + (long)step * Array.IndexOf(covered, false)):s}Z")
            : new LoadFile(from, step, imports)
            {
                Path = his[^1].Address,
                ExportMicrojoules = exports.Any(one => one != 0) ? exports : null,
            };
    }

    // Two devices may have sent for the quarter hour of an exchange: each counts for the time of its place.
    private IEnumerable<(string Address, Reading Reading)> Readings(Place place, long from, long to) => quality
        .Readings(place.Address, Math.Max(from, place.From.ToUnixTimeSeconds()),
            Math.Min(to, place.To?.ToUnixTimeSeconds() ?? long.MaxValue))
        .Select(reading => (place.Address, reading));
}
