using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>How far the consumption has come through the tiers of its period, in µJ·s (see <see
/// cref="EnergyLedger"/>).</summary>
internal sealed class TierCounter(TariffModel model, int stepSeconds)
{
    private Int128 _used;
    private LocalDate? _begin;

    /// <summary>States what was used in the period before the load begins.</summary>
    public void Start(LocalDate date, long usedWattHours)
    {
        _begin = Begin(date);
        _used = (Int128)usedWattHours * Scaling.MicrojoulesPerWattHour * stepSeconds;
    }

    /// <summary>Books energy of one date; the callback gets each tier's share, split exactly at the step.</summary>
    public void Add(LocalDate date, Int128 energy, Action<int, Int128> take)
    {
        LocalDate begin = Begin(date);
        if (begin != _begin)
        {
            (_begin, _used) = (begin, 0);
        }

        if (model.Tiers.Count < 2)
        {
            take(0, energy);
            return;
        }

        long[]? season = Season(date);
        while (true)
        {
            int tier = 0;
            while (tier + 1 < model.Tiers.Count && _used >= Threshold(tier + 1, season))
            {
                tier++;
            }

            Int128 room = tier + 1 < model.Tiers.Count ? Threshold(tier + 1, season) - _used : Int128.MaxValue;
            Int128 part = Int128.Min(energy, room);
            take(tier, part);
            _used += part;
            energy -= part;
            if (energy == 0)
            {
                return;
            }
        }
    }

    private Int128 Threshold(int tier, long[]? season) =>
        (Int128)(season?[tier] ?? model.Tiers[tier].FromWattHours) * Scaling.MicrojoulesPerWattHour * stepSeconds;

    private long[]? Season(LocalDate date)
    {
        List<TierSeasonModel> seasons = model.Terms.TierSeasons;
        return seasons.Count == 0 ? null
            : (seasons.LastOrDefault(one => (one.Month, one.Day).CompareTo((date.Month, date.Day)) <= 0) ?? seasons[^1])
                .FromWattHours;
    }

    /// <summary>First day of the tier period that holds a date.</summary>
    private LocalDate Begin(LocalDate date)
    {
        if (model.Terms.TierSpan == TierSpan.Day)
        {
            return date;
        }

        if (model.Terms.TierSpan == TierSpan.Season)
        {
            SeasonModel season = model.SeasonOf(date)!;
            return new LocalDate((season.Month, season.Day).CompareTo((date.Month, date.Day)) <= 0 ? date.Year
                : date.Year - 1,
                season.Month, season.Day);
        }

        int month = model.Terms.TierStartMonth;
        return model.TierPeriod switch
        {
            TierPeriod.Month => new LocalDate(date.Year, date.Month, 1),
            TierPeriod.Year => new LocalDate(date.Month >= month ? date.Year : date.Year - 1, month, 1),
            _ => LocalDate.MinIsoValue,
        };
    }
}
