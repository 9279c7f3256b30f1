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

    /// <summary>Makes a bill of whole local days.</summary>
    /// <exception cref="InputException">No tariff, or intervals are missing: nothing is billed that nobody measured or
    /// estimated.</exception>
    public BillDocument Make(string address, DateOnly from, DateOnly until)
    {
        long at = settings.StartOf(from);
        Place? place = fleet.Places().FirstOrDefault(one => one.Address == address
            && one.From.ToUnixTimeSeconds() <= at && (one.To == null || one.To.Value.ToUnixTimeSeconds() > at));
        if (place is not { Tariff.Length: > 0 })
        {
            throw new InputException($"{address}: it has no place with a tariff on {from:yyyy-MM-dd}");
        }

        TariffFile tariff = shelf.Load(place.Tariff);
        return BillEngine.Make(new BillRequest
        {
            Load = Load(address, Start(from, tariff), Start(until, tariff)),
            Documents = [tariff],
            From = new LocalDate(from.Year, from.Month, from.Day),
            Until = new LocalDate(until.Year, until.Month, until.Day),
        });
    }

    private static long Start(DateOnly day, TariffFile tariff) => new LocalDate(day.Year, day.Month, day.Day)
        .AtStartOfDayInZone(tariff.Zone).ToInstant().ToUnixTimeSeconds();

    private LoadFile Load(string address, long from, long to)
    {
        int step = settings.IntervalSeconds;
        int count = (int)((to - from) / step);
        long[] imports = new long[count];
        long[] exports = new long[count];
        bool[] covered = new bool[count];
        int others = 0;
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
                Description = others == 0 ? "" : $"{others} intervals are estimated or edited",
            };
    }
}
