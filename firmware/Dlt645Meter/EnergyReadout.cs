using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Energies (00 xx), maximum demands (01 xx) and freezes (05 xx): registers of now or of a freeze.</summary>
internal sealed class EnergyReadout
{
    private const int CombinedActive = 0;
    private const int Forward = 1;
    private const int Reverse = 2;
    private const int CombinedReactive1 = 3;
    private const int FirstQuadrant = 5;
    private const int LastQuadrant = 8;

    // A signed register of eight digits goes to 799 999.99 and begins again.
    private const long SignedWrapWattHours = 800_000_000;

    private readonly Meter _meter;
    private readonly ReadoutState _state;
    private readonly Dlt645Counts _counts;
    private readonly FreezeView _freeze;
    private readonly CivilTime _time = new CivilTime();

    // Where the registers are taken from: a phase of now, the freeze, or now.
    private int _phase = -1;
    private bool _isFrozen;

    // Registers in 0.1 Wh instead of whole Wh.
    private bool _isFine;

    public EnergyReadout(Meter meter, ReadoutState state, Dlt645Counts counts, FreezeView freeze)
    {
        _meter = meter;
        _state = state;
        _counts = counts;
        _freeze = freeze;
    }

    /// <summary>A register of now in 0.0001 kWh; quantities as of 00 qq rr 00, phases among them.</summary>
    public bool TryFine(int quantity, int rate, out long value)
    {
        _isFine = true;
        bool isThere = TryEnergy(quantity, rate, 0, out value);
        _isFine = false;
        return isThere;
    }

    /// <summary>A register of any freeze, in 0.01 kWh, or in 0.0001 kWh, of which it keeps whole Wh.</summary>
    public bool TryFrozen(int kind, int last, int quantity, int rate, bool isFine, out long value)
    {
        value = 0;
        _isFrozen = true;
        _isFine = isFine;
        _phase = -1;
        bool isThere = quantity <= LastQuadrant && _freeze.TrySelect(kind, last, 0)
            && TryQuantity(quantity, rate, out value);
        _isFine = false;
        return isThere;
    }

    /// <summary>A maximum demand of any freeze in 0.0001 kW, or its time as YYMMDDhhmm.</summary>
    public bool TryFrozenDemand(int kind, int last, bool isExport, int rate, bool isTime, out long value)
    {
        value = 0;
        _isFrozen = true;
        return _freeze.TrySelect(kind, last, 0) && TryMaximum(isExport, rate, isTime, out value);
    }

    /// <summary>00 qq rr ss.</summary>
    public bool TryEnergy(int quantity, int rate, int settlement, out long value)
    {
        value = 0;
        _phase = -1;
        _isFrozen = settlement > 0;
        if (quantity > LastQuadrant)
        {
            // Phases: 15 to 1E are phase A's 1 to 10, 29 to 32 B's, 3D to 46 C's. Freezes keep none of them.
            _phase = quantity >= 0x3D ? 2 : quantity >= 0x29 ? 1 : 0;
            quantity -= 0x14 * (_phase + 1);
            if (_isFrozen || _phase >= _counts.Phases || quantity < Forward)
            {
                return false;
            }
        }

        return (!_isFrozen || _freeze.TrySelect(FreezeKind.Settlement, settlement, 0))
            && TryQuantity(quantity, rate, out value);
    }

    /// <summary>01 qq rr ss: the value in 0.0001 kW, then its time.</summary>
    public bool TryDemand(int quantity, int rate, int settlement, int field, out long value)
    {
        value = 0;
        _isFrozen = settlement > 0;
        return quantity >= Forward && quantity <= Reverse
            && (!_isFrozen || _freeze.TrySelect(FreezeKind.Settlement, settlement, 0))
            && TryMaximum(quantity == Reverse, rate, field == 1, out value);
    }

    /// <summary>05 tt pp nn.</summary>
    public bool TryFreeze(int type, int part, int last, int field, out long value)
    {
        value = 0;
        _isFrozen = true;
        _phase = -1;
        int kind = type == 0 ? FreezeKind.Timed
            : type == 1 ? FreezeKind.Instant
            : type == 4 ? FreezeKind.Hourly
            : type == 6 ? FreezeKind.Daily
            : FreezeKind.TableSwitch;

        // 02, 03, 05, 07: switch of zone tables, day tables, rate prices, tiers.
        int parts = type == 2 ? 1 : type == 3 ? 2 : type == 5 ? 4 : type == 7 ? 8 : 0;
        if (!_freeze.TrySelect(kind, last, parts))
        {
            return false;
        }

        if (part == 0)
        {
            value = Dlt645Time.ToMinuteDigits(_freeze.Reader.NominalUtcSeconds + _freeze.Reader.OffsetSeconds, _time);
            return true;
        }

        int bit = part <= 4 ? part - 1 : part <= LastQuadrant ? 4 : part == 9 ? 5 : part == 0x0A ? 6 : 7;
        int mode = type == 0 ? 0 : type == 1 ? 1 : type == 4 ? 3 : type == 6 ? 4 : 2;
        if ((_state.FreezeModes[mode] & (1 << bit)) == 0)
        {
            return false;
        }

        if (part <= LastQuadrant)
        {
            return TryQuantity(part, field, out value);
        }

        return part <= 0x0A && TryMaximum(part == 0x0A, field / 2, field % 2 == 1, out value);
    }

    private bool TryQuantity(int quantity, int rate, out long value)
    {
        value = 0;
        int rates = _isFrozen ? _freeze.Reader.RateCount : _counts.Rates;
        bool isHourly = _isFrozen && rates == 0;
        if (quantity > LastQuadrant || rate > (rates < _counts.Rates ? rates : _counts.Rates))
        {
            return false;
        }

        switch (quantity)
        {
            case CombinedActive:
                int word = _state.Combination[0];
                value = Part(word, 0, EnergyKind.Import, rate) + Part(word, 2, EnergyKind.Export, rate);
                break;
            case Forward:
                value = WattHours(EnergyKind.Import, rate);
                break;
            case Reverse:
                value = WattHours(EnergyKind.Export, rate);
                break;
            case CombinedReactive1:
            case CombinedReactive1 + 1:
                for (int q = 0; q < 4; q++)
                {
                    value += Part(_state.Combination[quantity - 2], 2 * q, EnergyKind.ReactiveQuadrant1 + q, rate);
                }

                break;
            default:
                value = WattHours(EnergyKind.ReactiveQuadrant1 + quantity - FirstQuadrant, rate);
                break;
        }

        bool isSigned = quantity == CombinedActive || (quantity >= CombinedReactive1 && quantity < FirstQuadrant);
        long wrap = isSigned ? SignedWrapWattHours : EnergyRegisters.DisplayWrapWattHours;
        value = _isFine ? value % (wrap * 10) : value % wrap / 10;
        return !isHourly || quantity <= Reverse;
    }

    /// <summary>A register as two bits of a combination word say: added, subtracted, or neither.</summary>
    private long Part(int word, int bit, int kind, int rate)
    {
        int sign = ((word >> bit) & 1) - ((word >> (bit + 1)) & 1);
        return sign == 0 ? 0 : sign * WattHours(kind, rate);
    }

    /// <summary>Wh, or 0.1 Wh when <see cref="_isFine"/>.</summary>
    private long WattHours(int kind, int rate)
    {
        if (_isFrozen)
        {
            return _freeze.Reader.WattHours(kind, rate - 1) * (_isFine ? 10 : 1);
        }

        EnergyRegisters registers = _meter.Registers;
        if (_isFine)
        {
            long remainder = _phase >= 0 ? registers.PhaseRemainder(kind, _phase)
                : rate == 0 ? registers.TotalRemainder(kind)
                : registers.RateRemainder(kind, rate - 1);
            return WholeWattHours(registers, kind, rate) * 10 + remainder / (Scaling.MicrojoulesPerWattHour / 10);
        }

        return WholeWattHours(registers, kind, rate);
    }

    private long WholeWattHours(EnergyRegisters registers, int kind, int rate)
    {
        return _phase >= 0 ? registers.PhaseWattHours(kind, _phase)
            : rate == 0 ? registers.TotalWattHours(kind)
            : registers.RateWattHours(kind, rate - 1);
    }

    private bool TryMaximum(bool isExport, int rate, bool isTime, out long value)
    {
        value = 0;
        if (rate > _counts.Rates || (_isFrozen && rate > _freeze.Reader.RateCount))
        {
            return false;
        }

        DemandMeter demand = isExport ? _meter.ExportDemand : _meter.ImportDemand;
        int offset = _meter.OffsetSeconds;
        long milliwatts;
        long at;
        if (_isFrozen)
        {
            if (!_freeze.Reader.TryDemand(isExport, rate - 1, out milliwatts, out at))
            {
                at = 0;
            }

            offset = _freeze.Reader.OffsetSeconds;
        }
        else
        {
            milliwatts = rate == 0 ? demand.MaximumMilliwatts : demand.RateMaximumMilliwatts(rate - 1);
            at = rate == 0 ? demand.MaximumUtcSeconds : demand.RateMaximumUtcSeconds(rate - 1);
        }

        // A maximum that has not been yet has no time: zeros.
        value = !isTime ? milliwatts / 100 : at > 0 ? Dlt645Time.ToMinuteDigits(at + offset, _time) : 0;
        return true;
    }
}
