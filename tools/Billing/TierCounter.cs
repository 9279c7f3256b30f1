using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>How far the consumption has come through the tiers of its period, in µJ·s (see <see
/// cref="EnergyLedger"/>). Days are kept, so that a document that follows with another tier period, or with the first
/// tiers at all, counts from the begin of its own.</summary>
/// <param name="first">Date on which the load begins.</param>
/// <param name="usedWattHours">What was used in the tier period before it.</param>
internal sealed class TierCounter(int stepSeconds, LocalDate first, long usedWattHours)
{
    private readonly List<(LocalDate Date, Int128 Energy)> _days = [];
    private TariffModel _model = new();
    private Int128 _used;
    private LocalDate? _begin;

    /// <summary>From now on another document's tiers hold.</summary>
    public void Follow(TariffModel model)
    {
        _model = model;
        _begin = null;
    }

    /// <summary>Books energy of one date; the callback gets each tier's share, split exactly at the step.</summary>
    public void Add(LocalDate date, Int128 energy, Action<int, Int128> take)
    {
        LocalDate begin = _model.TierBegin(date);
        if (_model.Tiers.Count >= 2 && begin != _begin)
        {
            (_begin, _used) = (begin, UsedSince(begin));
        }

        Keep(date, energy);
        if (_model.Tiers.Count < 2)
        {
            take(0, energy);
            return;
        }

        long[]? season = Season(date);
        while (true)
        {
            int tier = 0;
            while (tier + 1 < _model.Tiers.Count && _used >= Threshold(tier + 1, season))
            {
                tier++;
            }

            Int128 room = tier + 1 < _model.Tiers.Count ? Threshold(tier + 1, season) - _used : Int128.MaxValue;
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

    private void Keep(LocalDate date, Int128 energy)
    {
        if (_days.Count > 0 && _days[^1].Date == date)
        {
            energy += _days[^1].Energy;
            _days.RemoveAt(_days.Count - 1);
        }

        _days.Add((date, energy));
    }

    private Int128 UsedSince(LocalDate begin) => _days.Where(day => day.Date >= begin).Aggregate(
        begin <= first ? (Int128)usedWattHours * Scaling.MicrojoulesPerWattHour * stepSeconds : 0,
        (sum, day) => sum + day.Energy);

    private Int128 Threshold(int tier, long[]? season) =>
        (Int128)(season?[tier] ?? _model.Tiers[tier].FromWattHours) * Scaling.MicrojoulesPerWattHour * stepSeconds;

    private long[]? Season(LocalDate date)
    {
        List<TierSeasonModel> seasons = _model.Terms.TierSeasons;
        return seasons.Count == 0 ? null
            : (seasons.LastOrDefault(one => (one.Month, one.Day).CompareTo((date.Month, date.Day)) <= 0) ?? seasons[^1])
                .FromWattHours;
    }
}
