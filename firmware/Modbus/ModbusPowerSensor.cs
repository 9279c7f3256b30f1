using MeterFirmware.Hardware;

namespace MeterFirmware.Modbus;

/// <summary>
/// Another maker's meter or inverter as a power sensor, by its profile. It is asked block by block; a reading is a
/// whole round, so the same values come until the next round is complete. The meter's own counters come as the
/// difference since the last reading that was taken, as total in phase 0's columns. Nothing is allocated after
/// construction.</summary>
public sealed class ModbusPowerSensor : IPowerSensor
{
    private const long MicrojoulesPerMilliwattHour = 3_600_000;

    private readonly ModbusClient _client;
    private readonly ModbusProfile _profile;
    private readonly SunSpecScan _scan;
    private readonly int _unit;
    private readonly ModbusTurns _turns;
    private readonly int _user;
    private readonly long[] _values = new long[Quantity.Count * Quantity.PhaseSlots];
    private readonly bool[] _has = new bool[Quantity.Count * Quantity.PhaseSlots];
    private readonly long[] _blockMs = new long[ModbusProfile.BlocksMax];
    private readonly Measurement _latest = new Measurement();
    private readonly long[] _counters = new long[2];
    private readonly long[] _taken = new long[2];
    private int _block = -1;
    private bool _isAsked;
    private bool _hasRound;
    private bool _hasTaken;
    private bool _isNew;
    private long _roundMs;
    private long _takenMs;

    /// <param name="client">The line; nobody else uses it.</param>
    /// <param name="unit">1 to 247; behind a TCP gateway up to 255.</param>
    public ModbusPowerSensor(ModbusClient client, ModbusProfile profile, int unit)
    {
        _client = client;
        _profile = profile;
        _unit = unit;
        _scan = profile.ModelFirst > 0 ? new SunSpecScan(client, profile, unit) : null;
    }

    /// <param name="turns">The line, which units share.</param>
    /// <param name="unit">1 to 247; behind a TCP gateway up to 255.</param>
    public ModbusPowerSensor(ModbusTurns turns, ModbusProfile profile, int unit)
        : this(turns.Client, profile, unit)
    {
        _turns = turns;
        _user = turns.Join();
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => _profile.Has(Quantity.Import, 0) || _profile.Has(Quantity.Export, 0);

    /// <summary>A round older than this is no reading any more.</summary>
    public int StaleMs { get; set; } = 15_000;

    /// <summary>The most the connection can carry, for judging a jump of the counters. 3 × 80 A × 264 V.</summary>
    public int PowerWattsMax { get; set; } = 63_360;

    /// <summary>Least time between two rounds. One request is on the line at a time.</summary>
    public int RoundMs { get; set; } = 500;

    /// <summary>A reading is given once, as for the grid point of a site: a value that is repeated is no new
    /// one.</summary>
    public bool GivesOnlyNew { get; set; }

    /// <summary>True while a SunSpec model is looked for.</summary>
    public bool IsSearching => _scan != null && !_scan.IsFound;

    /// <summary>How the last request that ended did so.</summary>
    public ModbusOutcome LastOutcome { get; private set; }

    /// <summary>Exception code of that request; 0: it was not refused.</summary>
    public int LastErrorCode { get; private set; }

    /// <summary>Rounds completed.</summary>
    public long RoundCount { get; private set; }

    /// <summary>A value of the last round in the unit of <see cref="Quantity"/>.</summary>
    public bool TryValue(int quantity, int phase, out long value)
    {
        value = _values[quantity * Quantity.PhaseSlots + phase];
        return _hasRound && _has[quantity * Quantity.PhaseSlots + phase];
    }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        _client.Tick(nowMs);
        Advance(nowMs);
        bool isGiven = _hasRound && nowMs - _roundMs <= StaleMs && (_isNew || !GivesOnlyNew);
        if (!isGiven)
        {
            return false;
        }

        _isNew = false;
        Copy(measurement);
        return TryTakeEnergy(nowMs, measurement);
    }

    private void Advance(long nowMs)
    {
        if (_isAsked && _turns != null && !_turns.Holds(_user))
        {
            // Nobody asked for so long that the line is another's: the round begins anew.
            _isAsked = false;
            _block = -1;
        }

        if (_isAsked)
        {
            if (_client.Outcome == ModbusOutcome.Waiting)
            {
                return;
            }

            _isAsked = false;
            TakeAnswer(nowMs);
        }

        bool isDue = IsSearching || _block >= 0 || !_hasRound || nowMs - _roundMs >= RoundMs;
        if (!isDue || (_turns != null && !_turns.TryTake(_user, nowMs)))
        {
            return;
        }

        _block = _block < 0 ? 0 : _block;
        _isAsked = IsSearching ? _scan.TryAsk() : TryAskBlock(nowMs);
        if (_isAsked)
        {
            _client.Tick(nowMs);
        }
        else
        {
            EndTurn(true, nowMs);
        }
    }

    private void TakeAnswer(long nowMs)
    {
        LastOutcome = _client.Outcome;
        LastErrorCode = _client.ErrorCode;
        if (IsSearching)
        {
            _scan.Take();
            Faults = _scan.HasFailed ? Faults | SensorFault.Missing : Faults;
        }
        else
        {
            TakeBlock(nowMs);
        }

        EndTurn(LastOutcome == ModbusOutcome.Done || LastOutcome == ModbusOutcome.Refused, nowMs);
    }

    private void EndTurn(bool isHeard, long nowMs)
    {
        if (_turns != null)
        {
            _turns.Release(_user, isHeard, nowMs);
        }
    }

    private bool TryAskBlock(long nowMs)
    {
        // Blocks of counters are not due in each round.
        while (_block < _profile.BlockCount && _blockMs[_block] > 0
            && nowMs - _blockMs[_block] < _profile.BlockSeconds(_block) * 1_000L)
        {
            _block++;
        }

        if (_block == _profile.BlockCount)
        {
            _block = -1;
            Complete(nowMs);
            return false;
        }

        int start = _scan == null ? 0 : _scan.ModelAddress;
        return _client.TryBeginRead(
            _unit, _profile.Function, start + _profile.BlockAddress(_block), _profile.BlockRegisters(_block));
    }

    private void TakeBlock(long nowMs)
    {
        if (_client.Outcome != ModbusOutcome.Done)
        {
            bool isHeard = _client.Outcome == ModbusOutcome.Refused || _client.Outcome == ModbusOutcome.BadAnswer;
            Faults |= isHeard ? SensorFault.Implausible : SensorFault.Missing;
            _block = -1;
            _roundMs = _hasRound ? _roundMs : nowMs;
            if (_scan != null)
            {
                _scan.Forget();
            }

            return;
        }

        Faults &= ~SensorFault.Missing;
        for (int i = 0; i < _profile.PointCount; i++)
        {
            if (_profile.BlockOf(i) == _block)
            {
                int slot = _profile.QuantityOf(i) * Quantity.PhaseSlots + _profile.PhaseOf(i);
                _has[slot] = TryPoint(i, out long value);
                _values[slot] = value;
            }
        }

        _blockMs[_block] = nowMs;
        _block++;
    }

    private bool TryPoint(int point, out long value)
    {
        int start = _profile.BlockAddress(_block);
        int at = _client.DataOffset + 2 * (_profile.AddressOf(point) - start);
        bool isThere = ModbusType.TryRead(_client.Bytes, at, _profile.TypeOf(point), _profile.IsLowFirst,
            _profile.HasVoid, _profile.MultiplierOf(point), out value);
        if (!isThere || _profile.ScaleAddressOf(point) < 0)
        {
            return isThere;
        }

        int scale = (short)_client.Register(_profile.ScaleAddressOf(point) - start);
        return SunSpecMap.TryScale(value, scale, out value);
    }

    private void Complete(long nowMs)
    {
        bool isPlausible = IsPlausible();
        Faults = isPlausible ? Faults & ~SensorFault.Implausible : Faults | SensorFault.Implausible;
        if (!isPlausible)
        {
            return;
        }

        _hasRound = true;
        _isNew = true;
        _roundMs = nowMs;
        RoundCount++;
        int phases = _profile.PhaseCount;
        bool isTotalOnly = !_has[Quantity.Active * Quantity.PhaseSlots + 1];
        _latest.PhaseCount = isTotalOnly ? 1 : phases;
        _latest.FrequencyMillihertz = (int)Value(Quantity.Frequency, 0);
        for (int p = 0; p < _latest.PhaseCount; p++)
        {
            int phase = isTotalOnly && phases > 1 ? 0 : p + 1;
            long current = Value(Quantity.Current, phase);
            _latest.VoltageMillivolts[p] = (int)Value(Quantity.Voltage, phase);
            _latest.CurrentMilliamps[p] = (int)(current < 0 ? -current : current);
            _latest.ActivePowerMilliwatts[p] = (int)AtMains(Quantity.Active, phase);
            _latest.ReactivePowerMillivars[p] = (int)AtMains(Quantity.Reactive, phase);
            _latest.ApparentPowerMillivoltamperes[p] = (int)Apparent(phase);
            _latest.PowerFactorTenThousandths[p] = PowerFactor(p, phase);
        }
    }

    /// <summary>What a meter of this connection can show: a wrong map gives something else.</summary>
    private bool IsPlausible()
    {
        bool hasPower = false;
        for (int p = 0; p < Quantity.PhaseSlots; p++)
        {
            bool has = _has[Quantity.Active * Quantity.PhaseSlots + p];
            hasPower |= has;
            long watts = has ? AtMains(Quantity.Active, p) / 1_000 : 0;
            if (watts > PowerWattsMax || watts < -PowerWattsMax || !IsVoltage(p) || !IsInt(Value(Quantity.Current, p))
                || !IsInt(AtMains(Quantity.Reactive, p)) || !IsInt(Apparent(p))
                || Value(Quantity.Frequency, p) < 0 || Value(Quantity.Frequency, p) > 70_000)
            {
                return false;
            }
        }

        return hasPower;
    }

    /// <summary>0 to 1000 V at the meter itself, behind its transformer.</summary>
    private bool IsVoltage(int phase)
    {
        int slot = Quantity.Voltage * Quantity.PhaseSlots + phase;
        return !_has[slot]
            || (_values[slot] >= 0 && _values[slot] <= 1_000_000 && IsInt(Value(Quantity.Voltage, phase)));
    }

    private static bool IsInt(long value) => value >= -int.MaxValue && value <= int.MaxValue;

    private bool Has(int quantity, int phase) => _has[quantity * Quantity.PhaseSlots + phase];

    /// <summary>A voltage or a current, its transformer counted; anything else as it is; 0 when the meter has none.
    /// </summary>
    private long Value(int quantity, int phase)
    {
        int slot = quantity * Quantity.PhaseSlots + phase;
        long value = _has[slot] ? _values[slot] : 0;
        return quantity == Quantity.Voltage ? Times(value, Quantity.VoltageRatio)
            : quantity == Quantity.Current ? Times(value, Quantity.CurrentRatio)
            : value;
    }

    /// <summary>Power or energy, both transformers counted; 0 when the meter has none.</summary>
    private long AtMains(int quantity, int phase)
    {
        int slot = quantity * Quantity.PhaseSlots + phase;
        long value = _has[slot] ? _values[slot] : 0;
        return Times(Times(value, Quantity.CurrentRatio), Quantity.VoltageRatio);
    }

    private long Times(long value, int ratio)
    {
        int slot = ratio * Quantity.PhaseSlots;
        return _has[slot] && _values[slot] > 0
            ? value / 1_000 * _values[slot] + value % 1_000 * _values[slot] / 1_000 : value;
    }

    private long Apparent(int phase)
    {
        if (Has(Quantity.Apparent, phase))
        {
            long apparent = AtMains(Quantity.Apparent, phase);
            return apparent < 0 ? -apparent : apparent;
        }

        // mV × mA = nVA·10³.
        long current = Value(Quantity.Current, phase);
        return Value(Quantity.Voltage, phase) * (current < 0 ? -current : current) / 1_000;
    }

    private int PowerFactor(int column, int phase)
    {
        if (Has(Quantity.PowerFactor, phase))
        {
            long factor = Value(Quantity.PowerFactor, phase);
            return (int)(factor > 10_000 ? 10_000 : factor < -10_000 ? -10_000 : factor);
        }

        long apparent = _latest.ApparentPowerMillivoltamperes[column];
        if (apparent == 0)
        {
            return 10_000;
        }

        long ratio = _latest.ActivePowerMilliwatts[column] * 10_000L / apparent;
        return (int)(ratio > 10_000 ? 10_000 : ratio < -10_000 ? -10_000 : ratio);
    }

    private void Copy(Measurement measurement)
    {
        measurement.PhaseCount = _latest.PhaseCount;
        measurement.FrequencyMillihertz = _latest.FrequencyMillihertz;
        measurement.HasEnergy = CountsEnergy;
        for (int p = 0; p < _latest.PhaseCount; p++)
        {
            measurement.VoltageMillivolts[p] = _latest.VoltageMillivolts[p];
            measurement.CurrentMilliamps[p] = _latest.CurrentMilliamps[p];
            measurement.ActivePowerMilliwatts[p] = _latest.ActivePowerMilliwatts[p];
            measurement.ReactivePowerMillivars[p] = _latest.ReactivePowerMillivars[p];
            measurement.ApparentPowerMillivoltamperes[p] = _latest.ApparentPowerMillivoltamperes[p];
            measurement.PowerFactorTenThousandths[p] = _latest.PowerFactorTenThousandths[p];
            measurement.ImportMicrojoules[p] = 0;
            measurement.ExportMicrojoules[p] = 0;
            measurement.ReactiveMicrovarSeconds[p] = 0;
        }
    }

    /// <summary>Counter differences. A jump that the connection cannot carry, or a counter that goes back, is another
    /// meter or a cleared one: nothing is booked, and it is said.</summary>
    private bool TryTakeEnergy(long nowMs, Measurement measurement)
    {
        if (!CountsEnergy || (!Has(Quantity.Import, 0) && !Has(Quantity.Export, 0)))
        {
            return !CountsEnergy;
        }

        _counters[0] = AtMains(Quantity.Import, 0);
        _counters[1] = AtMains(Quantity.Export, 0);
        long import = _counters[0] - _taken[0];
        long export = _counters[1] - _taken[1];
        if (_hasTaken)
        {
            // mWh in the time since the last taking, and a kWh for the counter's last digit.
            long elapsedMs = nowMs - _takenMs + StaleMs;
            long most = (long)PowerWattsMax * (elapsedMs / 1_000 + 1) / 3_600 * 1_000 + 1_000_000;
            bool isGap = import < 0 || export < 0 || import > most || export > most;
            Faults = isGap ? Faults | SensorFault.EnergyGap
                : import > 0 || export > 0 ? Faults & ~SensorFault.EnergyGap : Faults;
            if (isGap)
            {
                Take(nowMs);
                return false;
            }

            measurement.ImportMicrojoules[0] = import * MicrojoulesPerMilliwattHour;
            measurement.ExportMicrojoules[0] = export * MicrojoulesPerMilliwattHour;
        }

        if (!_hasTaken || import != 0 || export != 0)
        {
            Take(nowMs);
        }

        return true;
    }

    private void Take(long nowMs)
    {
        _hasTaken = true;
        _takenMs = nowMs;
        _taken[0] = _counters[0];
        _taken[1] = _counters[1];
    }
}
