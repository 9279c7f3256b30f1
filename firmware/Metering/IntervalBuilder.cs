using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>Gathers one interval's record: energies by difference of the registers, means and extremes of the rest.
/// Energies and flags survive a loss of power, the means start anew after it.</summary>
internal sealed class IntervalBuilder
{
    public const int SavedBytes = 8 * 4 + 4 * 4;

    private readonly IntervalRecord _record = new IntervalRecord();
    private readonly int _phaseCount;
    private readonly IntervalStatistics _frequency = new IntervalStatistics();
    private readonly IntervalStatistics[] _voltage;
    private readonly IntervalStatistics[] _current;
    private readonly IntervalStatistics[] _power;
    private long _startMs;
    private long _importAtStart;
    private long _exportAtStart;
    private int _rate;
    private int _offsetSeconds;
    private int _flags;

    public IntervalBuilder(int phaseCount)
    {
        _phaseCount = phaseCount;
        _voltage = Statistics(phaseCount);
        _current = Statistics(phaseCount);
        _power = Statistics(phaseCount);
    }

    /// <summary>What <see cref="Close"/> fills, whatever stood in it.</summary>
    public IntervalRecord Record => _record;

    /// <summary>True after <see cref="Load"/> brought an interval that was open when the supply failed.</summary>
    public bool HasSaved { get; private set; }

    /// <summary>Up to where the saved interval was booked: UTC ms, or ms since start-up when it is untimed.</summary>
    public long SavedUtcMs { get; private set; }

    public bool SavedIsTimed => (_flags & RecordFlags.Untimed) == 0;

    /// <summary>Import register in mWh where the open interval began.</summary>
    public long ImportAtStart => _importAtStart;

    /// <summary>Export register in mWh where the open interval began.</summary>
    public long ExportAtStart => _exportAtStart;

    /// <summary>The saved interval is in the log already: the next one began where it ended.</summary>
    public void Continue(IntervalRecord record)
    {
        HasSaved = false;
        _importAtStart += record.ImportMilliwattHours;
        _exportAtStart += record.ExportMilliwattHours;
    }

    public void Open(long startMs, int rate, int offsetSeconds, EnergyRegisters registers)
    {
        HasSaved = false;
        _startMs = startMs;
        _rate = rate;
        _offsetSeconds = offsetSeconds;
        _flags = 0;
        _importAtStart = MilliwattHours(registers, EnergyKind.Import);
        _exportAtStart = MilliwattHours(registers, EnergyKind.Export);
        ClearStatistics();
    }

    /// <summary>Sets bits of <see cref="RecordFlags"/>.</summary>
    public void Mark(int flags) => _flags |= flags;

    public void Sample(Measurement reading)
    {
        _frequency.Add(reading.FrequencyMillihertz);
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _voltage[phase].Add(reading.VoltageMillivolts[phase]);
            _current[phase].Add(reading.CurrentMilliamps[phase]);
            _power[phase].Add(reading.ActivePowerMilliwatts[phase]);
        }
    }

    /// <summary>Completes the record; the object is reused by the next interval.</summary>
    public IntervalRecord Close(long endMs, EnergyRegisters registers)
    {
        long import = MilliwattHours(registers, EnergyKind.Import);
        long export = MilliwattHours(registers, EnergyKind.Export);
        _record.StartUtcSeconds = CivilTime.FloorDivide(_startMs, 1000);
        _record.EndUtcSeconds = CivilTime.FloorDivide(endMs > _startMs ? endMs : _startMs, 1000);
        _record.Flags = HasSaved ? _flags | RecordFlags.PowerLoss | RecordFlags.Incomplete : _flags;
        _record.Rate = _rate;
        _record.OffsetSeconds = _offsetSeconds;
        _record.PhaseCount = _phaseCount;
        _record.ImportWattHours = registers.TotalWattHours(EnergyKind.Import);
        _record.ExportWattHours = registers.TotalWattHours(EnergyKind.Export);
        _record.ImportMilliwattHours = import - _importAtStart;
        _record.ExportMilliwattHours = export - _exportAtStart;
        for (int quadrant = 0; quadrant < 4; quadrant++)
        {
            _record.ReactiveVarHours[quadrant] = registers.TotalWattHours(EnergyKind.ReactiveQuadrant1 + quadrant);
        }

        _record.FrequencyMillihertz = _frequency.Mean;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _record.VoltageMillivolts[phase] = _voltage[phase].Mean;
            _record.VoltageMillivoltsMin[phase] = _voltage[phase].Minimum;
            _record.VoltageMillivoltsMax[phase] = _voltage[phase].Maximum;
            _record.CurrentMilliamps[phase] = _current[phase].Mean;
            _record.ActivePowerMilliwatts[phase] = _power[phase].Mean;
        }

        return _record;
    }

    /// <summary>Writes the open interval, booked up to <paramref name="utcMs"/>.</summary>
    public int Save(byte[] bytes, int offset, long utcMs)
    {
        LittleEndian.WriteInt64(bytes, offset, utcMs);
        LittleEndian.WriteInt64(bytes, offset + 8, _startMs);
        LittleEndian.WriteInt64(bytes, offset + 16, _importAtStart);
        LittleEndian.WriteInt64(bytes, offset + 24, _exportAtStart);
        LittleEndian.WriteInt32(bytes, offset + 32, _rate);
        LittleEndian.WriteInt32(bytes, offset + 36, _offsetSeconds);
        LittleEndian.WriteInt32(bytes, offset + 40, _flags);
        LittleEndian.WriteInt32(bytes, offset + 44, 1);
        return offset + SavedBytes;
    }

    public int Load(byte[] bytes, int offset)
    {
        SavedUtcMs = LittleEndian.ReadInt64(bytes, offset);
        _startMs = LittleEndian.ReadInt64(bytes, offset + 8);
        _importAtStart = LittleEndian.ReadInt64(bytes, offset + 16);
        _exportAtStart = LittleEndian.ReadInt64(bytes, offset + 24);
        _rate = LittleEndian.ReadInt32(bytes, offset + 32);
        _offsetSeconds = LittleEndian.ReadInt32(bytes, offset + 36);
        _flags = LittleEndian.ReadInt32(bytes, offset + 40);
        HasSaved = LittleEndian.ReadInt32(bytes, offset + 44) == 1;
        return offset + SavedBytes;
    }

    private static IntervalStatistics[] Statistics(int count)
    {
        IntervalStatistics[] all = new IntervalStatistics[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = new IntervalStatistics();
        }

        return all;
    }

    /// <summary>A register in mWh: differences of this truncated value add up to the register.</summary>
    private static long MilliwattHours(EnergyRegisters registers, int kind) =>
        registers.TotalWattHours(kind) * 1000 + registers.TotalRemainder(kind) / 3_600_000;

    private void ClearStatistics()
    {
        _frequency.Clear();
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _voltage[phase].Clear();
            _current[phase].Clear();
            _power[phase].Clear();
        }
    }
}
