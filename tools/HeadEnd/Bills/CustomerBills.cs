using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using NodaTime;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Bills of customers from the readings that count, by the one bill engine.</summary>
public sealed class CustomerBills(FleetStore fleet, QualityStore quality, QualitySettings settings, TariffShelf shelf)
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

        List<Place> places = [.. fleet.Places().Where(one => one.Address == address)];
        int at = places.FindIndex(one => one.From <= Midnight(from) && (one.To == null || one.To > Midnight(from)));
        if (at < 0 || places[at].Tariff.Length == 0)
        {
            throw new InputException($"{address}: it has no place with a tariff on {from:yyyy-MM-dd}");
        }

        RequireOne(places, at, until);
        TariffFile tariff = shelf.Load(places[at].Tariff);
        (long loadFrom, string? note) = LoadBegin(address, from, tariff, Begin(places, at));
        LoadFile load = Load(address, loadFrom, Start(until, tariff), out int others);
        BillDocument bill = BillEngine.Make(new BillRequest
        {
            Load = load,
            Documents = [tariff],
            From = Date(from),
            Until = Date(until),
        });
        return bill with
        {
            Notes = [.. bill.Notes, .. note == null ? Array.Empty<string>() : [note],
                .. others == 0 ? Array.Empty<string>() : [$"{others} intervals are estimated or edited"]],
        };
    }

    /// <summary>The place goes on to the end of the days, or others follow that are the same customer's under the same
    /// tariff.</summary>
    private void RequireOne(List<Place> places, int at, DateOnly until)
    {
        Place first = places[at];
        for (int i = at; places[i].To is { } end && end < Midnight(until); i++)
        {
            Place? next = i + 1 < places.Count && places[i + 1].From == end ? places[i + 1] : null;
            if (next == null || next.Customer != first.Customer || next.Tariff != first.Tariff)
            {
                throw new InputException($"{first.Address}: its customer or tariff changes before {until:yyyy-MM-dd}, "
                    + $"on {end.ToOffset(settings.Zone):yyyy-MM-dd}; bill each part by itself");
            }
        }
    }

    /// <summary>Since when the device is this customer's.</summary>
    private static DateTimeOffset Begin(List<Place> places, int at)
    {
        while (at > 0 && places[at - 1].To == places[at].From && places[at - 1].Customer == places[at].Customer)
        {
            at--;
        }

        return places[at].From;
    }

    /// <summary>The load begins with the tier period: what was used in it before the bill counts for the bill's tiers.
    /// It cannot begin before the device was this customer's, nor before its first interval.</summary>
    private (long From, string? Note) LoadBegin(string address, DateOnly from, TariffFile tariff, DateTimeOffset his)
    {
        long start = Start(from, tariff);
        LocalDate tiers = tariff.Model.TierBegin(Date(from));
        if (tariff.Model.Tiers.Count < 2 || tiers >= Date(from))
        {
            return (start, null);
        }

        long tierStart = Start(DateOnly.FromDateTime(tiers.ToDateTimeUnspecified()), tariff);
        long known = Up(Math.Max(his.ToUnixTimeSeconds(), quality.FirstStart(address) ?? 0));
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

    private LoadFile Load(string address, long from, long to, out int others)
    {
        int step = settings.IntervalSeconds;
        int count = (int)((to - from) / step);
        long[] imports = new long[count];
        long[] exports = new long[count];
        bool[] covered = new bool[count];
        others = 0;
        foreach (Reading reading in quality.Readings(address, from, to))
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
            ? throw new InputException($"{address}: {missing} of {count} intervals are missing, the first at "
                + $"{DateTimeOffset.FromUnixTimeSeconds(from + (long)step * Array.IndexOf(covered, false)):s}Z")
            : new LoadFile(from, step, imports)
            {
                Path = address,
                ExportMicrojoules = exports.Any(one => one != 0) ? exports : null,
            };
    }
}
