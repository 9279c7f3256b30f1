using System.Globalization;
using System.Text.Json;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Compares the readings and the bills with what the meters froze themselves: two freezes of a kind bound the
/// energy between them, and a settlement names its cost. A difference is an alarm.</summary>
public sealed class FreezeCheck(QualityStore quality, FleetStore fleet, CustomerBills bills, QualitySettings settings,
    AlarmStore alarms)
{
    /// <summary>Two registers cut to whole Wh differ from the energy between them by less than 1 Wh; intervals are
    /// rounded to the mWh.</summary>
    private const long DifferenceMilliwattHoursMax = 1_001;

    /// <summary>A cent: the engine rounds a line, the meter an interval.</summary>
    private const decimal CostDifferenceMax = 0.01m;

    private const int SettlementDays = 32;
    private const long MilliwattHoursAWattHour = 1_000;
    private const decimal TenThousandths = 10_000;

    /// <summary>Compares every meter's freezes of the last days.</summary>
    /// <returns>What was done, for people.</returns>
    public string Run(DateOnly today, CancellationToken cancel)
    {
        Dictionary<string, string> differences = [];
        HashSet<string> billed = [.. fleet.Places().Where(place => place.Tariff.Length > 0)
            .Select(place => place.Address)];
        int compared = 0;
        foreach (string device in quality.Metering())
        {
            cancel.ThrowIfCancellationRequested();
            List<string> told = Compare(device, today, billed.Contains(device), ref compared);
            if (told.Count > 0)
            {
                differences[device] = string.Join("; ", told);
            }
        }

        alarms.Set(AlarmKinds.Bill, differences);
        return string.Create(CultureInfo.InvariantCulture, $"{compared} compared, {differences.Count} differ");
    }

    /// <summary>Differences of a device, each for a person.</summary>
    public List<string> Compare(string device, DateOnly today, bool isBilled, ref int compared)
    {
        long to = settings.StartOf(today);
        List<string> told = [];
        IReadOnlyList<FrozenRegisters> freezes = quality.Freezes(
            device, settings.StartOf(today.AddDays(-settings.DaysBack - SettlementDays)), to);
        long dailyFrom = settings.StartOf(today.AddDays(-settings.DaysBack));
        foreach (IGrouping<string, FrozenRegisters> kind in freezes.GroupBy(freeze => freeze.Kind))
        {
            FrozenRegisters[] all = [.. kind.DistinctBy(freeze => freeze.Nominal)];
            for (int i = 1; i < all.Length; i++)
            {
                long from = all[i - 1].Nominal.ToUnixTimeSeconds();
                bool isWanted = kind.Key switch
                {
                    "daily" => from >= dailyFrom,
                    "settlement" => true,
                    _ => false,
                };

                // Freezes are counted since manufacture: an ordinal that does not rise is another board's.
                if (!isWanted || all[i].Ordinal <= all[i - 1].Ordinal || all[i].Flags.Length > 0
                    || all[i - 1].Flags.Length > 0)
                {
                    continue;
                }

                compared++;
                Energy(device, all[i - 1], all[i], told);
                Cost(device, all[i - 1], all[i], isBilled, told);
            }
        }

        return told;
    }

    private void Energy(string device, FrozenRegisters before, FrozenRegisters after, List<string> told)
    {
        Int128 drawn = 0;
        Int128 fedIn = 0;
        foreach (Reading reading in quality.Readings(
            device, before.Nominal.ToUnixTimeSeconds(), after.Nominal.ToUnixTimeSeconds()))
        {
            drawn += reading.ImportMilliwattHours;
            fedIn += reading.ExportMilliwattHours;
        }

        Direction(after, "", (Int128)after.ImportWh - before.ImportWh, drawn, told);
        Direction(after, "fed in ", (Int128)after.ExportWh - before.ExportWh, fedIn, told);
    }

    private static void Direction(FrozenRegisters after, string name, Int128 frozenWattHours, Int128 readings,
        List<string> told)
    {
        Int128 frozen = frozenWattHours * MilliwattHoursAWattHour;
        if (Int128.Abs(readings - frozen) > DifferenceMilliwattHoursMax)
        {
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{after.Kind} {after.Nominal:yyyy-MM-dd}: "
                + $"{name}{frozen} mWh frozen, {readings} mWh in readings"));
        }
    }

    private void Cost(string device, FrozenRegisters before, FrozenRegisters after, bool isBilled, List<string> told)
    {
        if (!isBilled || after.Member("cost") is not { ValueKind: JsonValueKind.String } cost
            || !decimal.TryParse(cost.GetString(), CultureInfo.InvariantCulture, out decimal frozen)
            || before.Nominal.TimeOfDay != TimeSpan.Zero || after.Nominal.TimeOfDay != TimeSpan.Zero)
        {
            return;
        }

        try
        {
            decimal billed = bills.Make(device, DateOnly.FromDateTime(before.Nominal.DateTime),
                DateOnly.FromDateTime(after.Nominal.DateTime)).Lines
                .Where(line => line.Kind == BillLineKind.Energy).Sum(line => line.Cost) / TenThousandths;
            if (Math.Abs(billed - frozen) > CostDifferenceMax)
            {
                told.Add(string.Create(CultureInfo.InvariantCulture, $"{after.Kind} {after.Nominal:yyyy-MM-dd}: "
                    + $"{frozen:0.0000} frozen, {billed:0.0000} billed"));
            }
        }
        catch (InputException e)
        {
            told.Add($"{after.Kind} {after.Nominal:yyyy-MM-dd}: no bill: {e.Message}");
        }
    }
}
