using MeterFirmware.Basics;
using MeterFirmware.Metering;

namespace MeterFirmware.History;

/// <summary>Reads one freeze from the ring. The values stand in the ring's buffer: take them before the next
/// record.</summary>
public sealed class FreezeReader
{
    private readonly RecordRing _ring;
    private int _valuesAt;
    private int _rates;
    private int _tiers;
    private bool _isHourly;
    private int _nextIndex;
    private int _nextAt;

    public FreezeReader(RecordRing ring)
    {
        _ring = ring;
    }

    /// <summary>Bits of RecordFlags: PowerLoss = fell into an outage and was made at power-up; ClockStep = passed over
    /// by a setting of the clock.</summary>
    public int Flags { get; private set; }

    /// <summary>The parts (1 &lt;&lt; TariffPart) that a freeze at a table switch was made for; 0 for the other
    /// kinds.</summary>
    public int SwitchedParts { get; private set; }

    /// <summary>The instant that the freeze stands for.</summary>
    public long NominalUtcSeconds { get; private set; }

    /// <summary>When the registers were taken.</summary>
    public long MadeUtcSeconds { get; private set; }

    public int OffsetSeconds { get; private set; }

    public int RateCount => _rates;

    /// <summary>Tiers that cost stands for; 0 when the freeze is no settlement.</summary>
    public int TierCount => _tiers;

    public bool HasCarbon { get; private set; }

    /// <summary>Freezes of a kind made since manufacture.</summary>
    public long Count(int kind) => _ring.NewestOrdinal(RecordSlot.OfFreeze(kind));

    /// <summary>Takes a freeze in. False: there is none.</summary>
    /// <param name="kind">A <see cref="FreezeKind"/>.</param>
    /// <param name="last">1 = the newest.</param>
    public bool TryRead(int kind, int last)
    {
        int slot = RecordSlot.OfFreeze(kind);
        if (!_ring.TryRead(slot, _ring.NewestOrdinal(slot) - last + 1))
        {
            return false;
        }

        _isHourly = kind == FreezeKind.Hourly;
        _valuesAt = _ring.PayloadAt;
        _nextIndex = int.MaxValue;
        MadeUtcSeconds = _ring.UtcSeconds;
        int flags = (int)Value(0);
        Flags = flags & ((1 << FreezeLayout.PartsShift) - 1);
        SwitchedParts = flags >> FreezeLayout.PartsShift;
        NominalUtcSeconds = MadeUtcSeconds - Value(1);
        OffsetSeconds = (int)Value(2);
        _rates = (int)Value(3);
        _tiers = (int)Value(4);
        HasCarbon = Value(5) != 0;
        return true;
    }

    /// <summary>Energy in Wh (varh). An hourly freeze has the totals of import and export only; 0 for the
    /// rest.</summary>
    /// <param name="kind">An EnergyKind.</param>
    /// <param name="rate">−1 for the total.</param>
    public long WattHours(int kind, int rate)
    {
        if (_isHourly)
        {
            return rate < 0 && kind <= EnergyKind.Export ? Value(FreezeLayout.HeadValues + kind) : 0;
        }

        return Value(FreezeLayout.HeadValues + kind * (1 + _rates) + 1 + rate);
    }

    /// <summary>Maximum demand in mW and the end of its window, 0 when there was no calendar. False: none since the
    /// last settlement.</summary>
    public bool TryDemand(bool isExport, int rate, out long milliwatts, out long endUtcSeconds)
    {
        int at = FreezeLayout.HeadValues + (EnergyKind.Count + (isExport ? 2 : 0)) * (1 + _rates) + 2 * (1 + rate);
        milliwatts = Value(at);
        long age = Value(at + 1);
        endUtcSeconds = age < 0 ? 0 : MadeUtcSeconds - age;
        return !_isHourly && (age >= 0 || milliwatts > 0);
    }

    /// <summary>Cost of imported energy of a rate in a tier, 0.0001 of the currency. Settlements only.</summary>
    public long ImportCost(int rate, int tier) => Value(CostAt + rate * _tiers + tier);

    /// <summary>What exported energy of a rate was paid, 0.0001 of the currency. Settlements only.</summary>
    public long ExportCost(int rate) => Value(CostAt + _rates * _tiers + rate);

    /// <summary>CO2 of a rate since the settlement before, mg. With <see cref="HasCarbon"/> only.</summary>
    public long CarbonMilligrams(int rate) => Value(CostAt + _rates * (_tiers + 1) + rate);

    /// <summary>What of it green certificates cover, mg.</summary>
    public long CarbonCoveredMilligrams => Value(CostAt + _rates * (_tiers + 2));

    private int CostAt => FreezeLayout.HeadValues + (EnergyKind.Count + 4) * (1 + _rates);

    /// <summary>The n-th number; 0 behind the end. Readers go upwards mostly: then each number is decoded
    /// once.</summary>
    private long Value(int index)
    {
        if (index < _nextIndex)
        {
            _nextIndex = 0;
            _nextAt = _valuesAt;
        }

        int end = _ring.PayloadAt + _ring.PayloadBytes;
        long value = 0;
        while (_nextIndex <= index)
        {
            if (!VarInt.TryRead(_ring.Buffer, ref _nextAt, end, out value))
            {
                _nextIndex = int.MaxValue;
                return 0;
            }

            _nextIndex++;
        }

        return value;
    }
}
