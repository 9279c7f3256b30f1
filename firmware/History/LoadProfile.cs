using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.History;

/// <summary>
/// Load profile in six classes (DL/T 645-2007, 06 01 to 06), each every 1 to 60 minutes, in one ring: all classes that
/// are due at an instant share a record. Instantaneous values are those of the last good reading, energies those booked
/// up to exactly the instant.
/// </summary>
public sealed class LoadProfile : ILoadProfile
{
    /// <summary>Voltages mV, currents mA, frequency mHz.</summary>
    public const int VoltageCurrent = 0;

    /// <summary>Active power total and phases mW, reactive power total and phases mvar.</summary>
    public const int Power = 1;

    /// <summary>Power factor total and phases, 1/10 000, 0 or above.</summary>
    public const int PowerFactor = 2;

    /// <summary>Import, export Wh; reactive import (I + IV) and export (II + III) varh.</summary>
    public const int Energy = 3;

    /// <summary>Quadrants I to IV, varh.</summary>
    public const int Quadrants = 4;

    /// <summary>Demand of the last whole window, import and export, mW.</summary>
    public const int Demand = 5;

    public const int ClassCount = 6;

    /// <summary>Most values of a class: active and reactive power of a three-phase meter.</summary>
    public const int ValueCountMax = 8;

    /// <summary>Longest record: mask, flags, and 7 + 8 + 4 + 4 + 4 + 2 values.</summary>
    public const int PayloadBytesMax = VarInt.BytesMax * 31;

    private readonly RecordRing _ring;
    private readonly RingCursor _cursor;
    private readonly int[] _intervalMinutes = new int[ClassCount];
    private readonly Measurement _none = new Measurement();
    private readonly int _phaseCount;
    private Meter _meter;
    private int _wanted;
    private int _mask;
    private int _flags;
    private int _valuesAt;

    /// <param name="ring">A ring of one kind without depth.</param>
    /// <param name="phaseCount">1 to 3.</param>
    public LoadProfile(RecordRing ring, int phaseCount)
    {
        _ring = ring;
        _phaseCount = phaseCount;
        _cursor = new RingCursor(ring);
    }

    /// <summary>Interval of a class in minutes; 0: off.</summary>
    public int IntervalMinutes(int profileClass) => _intervalMinutes[profileClass];

    /// <summary>Values of a class on a meter with so many phases.</summary>
    public int ValueCount(int profileClass) =>
        profileClass == VoltageCurrent ? 2 * _phaseCount + 1
        : profileClass == Power ? 2 * (_phaseCount + 1)
        : profileClass == PowerFactor ? _phaseCount + 1
        : profileClass == Demand ? 2 : 4;

    /// <summary>Sets a class's interval: 0 (off), or 1 to 60 minutes, counted from the local hour; the grid of the
    /// meter has to divide it. False: nothing changes.</summary>
    public bool TrySetInterval(int profileClass, int minutes)
    {
        if (profileClass < 0 || profileClass >= ClassCount || minutes < 0 || minutes > 60)
        {
            return false;
        }

        _intervalMinutes[profileClass] = minutes;
        return true;
    }

    public void Attach(Meter meter) => _meter = meter;

    /// <summary>Records the classes that are due.</summary>
    /// <param name="utcSeconds">A grid instant.</param>
    /// <param name="reading">The last good reading; null: instantaneous values are 0 and marked.</param>
    public void OnGrid(long utcSeconds, Measurement reading)
    {
        int minute = (int)((utcSeconds + _meter.OffsetSeconds) / CivilTime.SecondsPerMinute % 1440);
        int mask = 0;
        for (int i = 0; i < ClassCount; i++)
        {
            if (_intervalMinutes[i] > 0 && minute % _intervalMinutes[i] == 0)
            {
                mask |= 1 << i;
            }
        }

        if (mask == 0)
        {
            return;
        }

        int at = _ring.Begin(0);
        at = VarInt.Write(_ring.Buffer, at, mask);
        at = VarInt.Write(_ring.Buffer, at, reading == null ? RecordFlags.SensorFault : 0);
        for (int i = 0; i < ClassCount; i++)
        {
            if ((mask & (1 << i)) != 0)
            {
                at = Write(i, at, reading == null ? _none : reading);
            }
        }

        _ring.TryCommit(at, utcSeconds);
    }

    public bool CanSetIntervals => true;

    public void Seek(long fromUtcSeconds, long toUtcSeconds)
    {
        long newest = NewestUtcSeconds;
        _cursor.Seek(fromUtcSeconds, fromUtcSeconds <= newest && toUtcSeconds > newest ? newest : toUtcSeconds);
    }

    public bool TrySeekNewest(int classes, out long utcSeconds)
    {
        // Nothing follows it.
        _cursor.Seek(long.MaxValue, long.MaxValue);
        int block = _ring.PreviousUsed(long.MaxValue);
        for (; block >= 0; block = _ring.PreviousUsed(_ring.SequenceOf(block)))
        {
            int found = LastIn(block, classes);
            if (found >= 0 && _ring.TryReadAt(block, found, out int _) && TryTakeRow(classes))
            {
                utcSeconds = _ring.UtcSeconds;
                return true;
            }
        }

        utcSeconds = 0;
        return false;
    }

    /// <summary>Begins to read a class over a span of time, both ends inclusive.</summary>
    public void Seek(int profileClass, long fromUtcSeconds, long toUtcSeconds)
    {
        _wanted = profileClass;
        Seek(fromUtcSeconds, toUtcSeconds);
    }

    /// <inheritdoc/>
    public long NewestUtcSeconds => _ring.LastUtcSeconds;

    /// <summary>Reads the next row, oldest first. False: no more.</summary>
    /// <param name="values">Receives ValueCount values.</param>
    /// <param name="utcSeconds">The row's instant.</param>
    /// <param name="flags">Bits of RecordFlags.</param>
    public bool TryReadNext(long[] values, out long utcSeconds, out int flags)
    {
        while (TryNext(1 << _wanted, out utcSeconds, out flags))
        {
            bool isWhole = true;
            for (int i = 0; i < ValueCount(_wanted); i++)
            {
                isWhole = TryValue(_wanted, i, out values[i]) && isWhole;
            }

            if (isWhole)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the next record that has one of the classes; its values stay readable until the next record is
    /// read or made. False: no more.</summary>
    /// <param name="classes">Bits 1 &lt;&lt; class.</param>
    /// <param name="utcSeconds">The record's instant.</param>
    /// <param name="flags">Bits of RecordFlags.</param>
    public bool TryNext(int classes, out long utcSeconds, out int flags)
    {
        while (_cursor.TryNext())
        {
            if (TryTakeRow(classes))
            {
                utcSeconds = _ring.UtcSeconds;
                flags = _flags;
                return true;
            }
        }

        utcSeconds = 0;
        flags = 0;
        return false;
    }

    /// <summary>A value of the record that <see cref="TryNext"/> went to. False: its class was not due then.</summary>
    public bool TryValue(int profileClass, int index, out long value)
    {
        value = 0;
        if ((_mask & (1 << profileClass)) == 0 || index >= ValueCount(profileClass))
        {
            return false;
        }

        int skip = index;
        for (int i = 0; i < profileClass; i++)
        {
            skip += (_mask & (1 << i)) != 0 ? ValueCount(i) : 0;
        }

        int at = _valuesAt;
        int end = _ring.PayloadAt + _ring.PayloadBytes;
        for (int i = 0; i <= skip; i++)
        {
            if (!VarInt.TryRead(_ring.Buffer, ref at, end, out value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the record that was read as the row. False: it has none of the classes.</summary>
    private bool TryTakeRow(int classes)
    {
        int at = _ring.PayloadAt;
        int end = at + _ring.PayloadBytes;
        if (!VarInt.TryRead(_ring.Buffer, ref at, end, out long mask) || ((int)mask & classes) == 0
            || !VarInt.TryRead(_ring.Buffer, ref at, end, out long marks))
        {
            return false;
        }

        _mask = (int)mask;
        _flags = (int)marks;
        _valuesAt = at;
        return true;
    }

    /// <summary>Where the last record of a block with one of the classes stands; −1: there is none.</summary>
    private int LastIn(int block, int classes)
    {
        int found = -1;
        int at = RecordRing.BlockHeaderBytes;
        while (at >= 0 && at < _ring.Store.LengthOf(block))
        {
            bool isGood = _ring.TryReadAt(block, at, out int next);
            found = isGood && TryTakeRow(classes) ? at : found;
            at = next;
        }

        return found;
    }

    private int Write(int profileClass, int at, Measurement reading)
    {
        EnergyRegisters registers = _meter.Registers;
        switch (profileClass)
        {
            case VoltageCurrent:
                at = WritePhases(at, reading.VoltageMillivolts);
                at = WritePhases(at, reading.CurrentMilliamps);
                return Put(at, reading.FrequencyMillihertz);
            case Power:
                at = WritePhases(Put(at, Sum(reading.ActivePowerMilliwatts)), reading.ActivePowerMilliwatts);
                return WritePhases(Put(at, Sum(reading.ReactivePowerMillivars)), reading.ReactivePowerMillivars);
            case PowerFactor:
                at = Put(at, Factor(Sum(reading.ActivePowerMilliwatts), Sum(reading.ApparentPowerMillivoltamperes)));
                for (int phase = 0; phase < _phaseCount; phase++)
                {
                    at = Put(at, Factor(
                        reading.ActivePowerMilliwatts[phase], reading.ApparentPowerMillivoltamperes[phase]));
                }

                return at;
            case Energy:
                at = Put(Put(at, registers.TotalWattHours(EnergyKind.Import)),
                    registers.TotalWattHours(EnergyKind.Export));
                at = Put(at, registers.TotalWattHours(EnergyKind.ReactiveQuadrant1)
                    + registers.TotalWattHours(EnergyKind.ReactiveQuadrant4));
                return Put(at, registers.TotalWattHours(EnergyKind.ReactiveQuadrant2)
                    + registers.TotalWattHours(EnergyKind.ReactiveQuadrant3));
            case Quadrants:
                for (int kind = EnergyKind.ReactiveQuadrant1; kind <= EnergyKind.ReactiveQuadrant4; kind++)
                {
                    at = Put(at, registers.TotalWattHours(kind));
                }

                return at;
            default:
                return Put(Put(at, _meter.ImportDemand.LastMilliwatts), _meter.ExportDemand.LastMilliwatts);
        }
    }

    private int WritePhases(int at, int[] values)
    {
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            at = Put(at, values[phase]);
        }

        return at;
    }

    private long Sum(int[] values)
    {
        long sum = 0;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            sum += values[phase];
        }

        return sum;
    }

    private static long Factor(long active, long apparent) =>
        apparent <= 0 ? 0 : (active < 0 ? -active : active) * 10_000 / apparent;

    private int Put(int at, long value) => VarInt.Write(_ring.Buffer, at, value);
}
