using MeterFirmware.Basics;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Recording;

/// <summary>
/// Freezes the registers at every hour, day and settlement date, by command and at table switches. The nominal instant
/// of the newest freeze of each kind is the memory: a boundary later than it is due, once; so a boundary that a clock
/// setting passed over is made up at once, and one that a clock set back passes again is not made twice. After a step
/// back over more than a whole period the new calendar counts.
/// </summary>
public sealed class Freezer
{
    // With an hour for the end of summer time.
    private static readonly int[] _periodSeconds = { 0, 3600, 90_000, 31 * 86_400 + 3600 };

    private readonly FreezeOptions _options;
    private readonly RecordRing _ring;
    private readonly CarbonAccount _carbon;
    private readonly FreezeReader _reader;
    private readonly int _tiers;
    private readonly long[] _last = new long[FreezeKind.Count];
    private Meter _meter;

    /// <param name="options">Dates and kinds.</param>
    /// <param name="ring">Where they are kept.</param>
    /// <param name="tiers">Tiers that the meter keeps cost for.</param>
    /// <param name="carbon">Goes into settlements; null without.</param>
    public Freezer(FreezeOptions options, RecordRing ring, int tiers, CarbonAccount carbon)
    {
        _options = options;
        _ring = ring;
        _tiers = tiers;
        _carbon = carbon;
        _reader = new FreezeReader(ring);
        if (options.Settlements.Count == 0)
        {
            options.Settlements.TryAdd(SettlementDates.MonthEnd, 24);
        }
    }

    /// <summary>True once after a settlement: the cleared maxima and costs want to be saved now.</summary>
    public bool HasSettled { get; private set; }

    /// <summary>Once, before the first check.</summary>
    public void Attach(Meter meter)
    {
        _meter = meter;
        for (int kind = FreezeKind.Hourly; kind <= FreezeKind.Settlement; kind++)
        {
            if (_reader.TryRead(kind, 1))
            {
                _last[kind] = _reader.NominalUtcSeconds;
            }
        }

        // The supply failed between the settlement's freeze and the next checkpoint: the registers are of before.
        if (_reader.TryRead(FreezeKind.Settlement, 1) && meter.SavedUtcSeconds != 0
            && _reader.MadeUtcSeconds > meter.SavedUtcSeconds)
        {
            ClearPeriod();
        }
    }

    /// <summary>Makes what is due at an instant up to which energy is booked.</summary>
    /// <param name="utcSeconds">The instant.</param>
    /// <param name="cause">0 on time; RecordFlags.PowerLoss or ClockStep when boundaries may have been passed over.</param>
    public void Check(long utcSeconds, int cause)
    {
        for (int kind = _options.IsHourly ? FreezeKind.Hourly : FreezeKind.Daily; kind <= FreezeKind.Settlement; kind++)
        {
            long due = Due(kind, utcSeconds);
            if (_last[kind] == 0)
            {
                // New: nothing before the first power-up is owed.
                _last[kind] = _meter.SavedUtcSeconds == 0 ? due : Due(kind, _meter.SavedUtcSeconds);
            }

            if (_last[kind] - due > _periodSeconds[kind])
            {
                _last[kind] = due;
            }

            MakeUp(kind, due, utcSeconds, cause, (cause & RecordFlags.PowerLoss) == 0 ? 1
                : kind == FreezeKind.Hourly ? _options.HourlyMakeUpMax
                : kind == FreezeKind.Daily ? _options.DailyMakeUpMax : _options.SettlementMakeUpMax);
        }
    }

    /// <summary>Freezes now. False: the store refused.</summary>
    public bool TryFreezeNow(int kind)
    {
        long now = CivilTime.FloorDivide(_meter.UtcMs, 1000);
        return TryMake(kind, now, now, 0);
    }

    public void SettlementSaved() => HasSettled = false;

    /// <summary>The boundaries after the newest freeze, oldest first, at most so many.</summary>
    private void MakeUp(int kind, long due, long utcSeconds, int cause, int countMax)
    {
        if (due <= _last[kind] || countMax == 0)
        {
            return;
        }

        if (countMax > 1)
        {
            MakeUp(kind, Due(kind, due - 1), utcSeconds, cause, countMax - 1);
        }

        TryMake(kind, due, utcSeconds, due == utcSeconds ? 0 : cause);
        _last[kind] = due;
        if (kind == FreezeKind.Settlement)
        {
            ClearPeriod();
            HasSettled = true;
        }
    }

    private void ClearPeriod()
    {
        _meter.ClearDemand();
        _meter.ImportCost.Clear();
        _meter.ExportCost.Clear();
        if (_carbon != null)
        {
            _carbon.Clear();
        }
    }

    /// <summary>The latest boundary at or before an instant, UTC.</summary>
    private long Due(int kind, long utcSeconds)
    {
        long local = utcSeconds + _meter.OffsetSeconds;
        int seconds = kind == FreezeKind.Hourly ? CivilTime.SecondsPerHour : CivilTime.SecondsPerDay;
        long due = kind == FreezeKind.Settlement
            ? _options.Settlements.LatestLocal(local) : CivilTime.FloorDivide(local, seconds) * seconds;
        return due - _meter.OffsetSeconds;
    }

    private bool TryMake(int kind, long nominalUtcSeconds, long madeUtcSeconds, int flags)
    {
        bool isSettlement = kind == FreezeKind.Settlement;
        int rates = kind == FreezeKind.Hourly ? 0 : _meter.Registers.RateCount;
        byte[] bytes = _ring.Buffer;
        int at = _ring.Begin(RecordSlot.FirstFreeze + kind, _ring.NewestOrdinal(RecordSlot.FirstFreeze + kind) + 1);
        at = VarInt.Write(bytes, at, flags);
        at = VarInt.Write(bytes, at, madeUtcSeconds - nominalUtcSeconds);
        at = VarInt.Write(bytes, at, _meter.OffsetSeconds);
        at = VarInt.Write(bytes, at, rates);
        at = VarInt.Write(bytes, at, isSettlement ? _tiers : 0);
        at = VarInt.Write(bytes, at, isSettlement && _carbon != null ? 1 : 0);
        if (kind == FreezeKind.Hourly)
        {
            at = VarInt.Write(bytes, at, _meter.Registers.TotalWattHours(EnergyKind.Import));
            at = VarInt.Write(bytes, at, _meter.Registers.TotalWattHours(EnergyKind.Export));
            return _ring.TryCommit(at, madeUtcSeconds);
        }

        at = FreezeLayout.WriteEnergies(bytes, at, _meter.Registers);
        at = FreezeLayout.WriteDemand(bytes, at, _meter.ImportDemand, rates, madeUtcSeconds);
        at = FreezeLayout.WriteDemand(bytes, at, _meter.ExportDemand, rates, madeUtcSeconds);
        if (isSettlement)
        {
            at = FreezeLayout.WriteCosts(bytes, at, _meter.ImportCost, rates, _tiers);
            at = FreezeLayout.WriteCosts(bytes, at, _meter.ExportCost, rates, 1);
            for (int rate = 0; rate <= rates && _carbon != null; rate++)
            {
                at = VarInt.Write(bytes, at, rate == rates ? _carbon.CoveredMilligrams : _carbon.Milligrams(rate));
            }
        }

        return _ring.TryCommit(at, madeUtcSeconds);
    }
}
