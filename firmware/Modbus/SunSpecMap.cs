using System;

namespace MeterFirmware.Modbus;

/// <summary>
/// A meter under the SunSpec models 1 (common), 201 or 203 (meter, integers with scale) and 211 or 213 (meter,
/// floats), from register 40000 on. Read only. Models of inverters and storage are not here: a meter has none of
/// their data.</summary>
public sealed class SunSpecMap : IModbusMap
{
    public const int Base = 40_000;

    private const int CommonLength = 66;
    private const int IntegerLength = 105;
    private const int FloatLength = 124;
    private const int CommonAt = 2;
    private const int IntegerAt = CommonAt + 2 + CommonLength;
    private const int FloatAt = IntegerAt + 2 + IntegerLength;
    private const int EndAt = FloatAt + 2 + FloatLength;
    private const int RegisterCount = EndAt + 2;
    private const int NotImplemented = 0x8000;

    // Points of model 20x: register, quantity, phase; scale register and power of ten follow per group.
    private static readonly byte[] _integerPoints =
    {
        2, Quantity.Current, 0, 3, Quantity.Current, 1, 4, Quantity.Current, 2, 5, Quantity.Current, 3,
        7, Quantity.Voltage, 0, 8, Quantity.Voltage, 1, 9, Quantity.Voltage, 2, 10, Quantity.Voltage, 3,
        16, Quantity.Frequency, 0,
        18, Quantity.Active, 0, 19, Quantity.Active, 1, 20, Quantity.Active, 2, 21, Quantity.Active, 3,
        23, Quantity.Apparent, 0, 24, Quantity.Apparent, 1, 25, Quantity.Apparent, 2, 26, Quantity.Apparent, 3,
        28, Quantity.Reactive, 0, 29, Quantity.Reactive, 1, 30, Quantity.Reactive, 2, 31, Quantity.Reactive, 3,
        33, Quantity.PowerFactor, 0, 34, Quantity.PowerFactor, 1, 35, Quantity.PowerFactor, 2,
        36, Quantity.PowerFactor, 3,
    };

    // Counters of model 20x, two registers each.
    private static readonly byte[] _counters =
    {
        38, Quantity.Export, 0, 40, Quantity.Export, 1, 42, Quantity.Export, 2, 44, Quantity.Export, 3,
        46, Quantity.Import, 0, 48, Quantity.Import, 1, 50, Quantity.Import, 2, 52, Quantity.Import, 3,
    };

    // Points of model 21x, two registers each.
    private static readonly byte[] _floatPoints =
    {
        2, Quantity.Current, 0, 4, Quantity.Current, 1, 6, Quantity.Current, 2, 8, Quantity.Current, 3,
        10, Quantity.Voltage, 0, 12, Quantity.Voltage, 1, 14, Quantity.Voltage, 2, 16, Quantity.Voltage, 3,
        26, Quantity.Frequency, 0,
        28, Quantity.Active, 0, 30, Quantity.Active, 1, 32, Quantity.Active, 2, 34, Quantity.Active, 3,
        36, Quantity.Apparent, 0, 38, Quantity.Apparent, 1, 40, Quantity.Apparent, 2, 42, Quantity.Apparent, 3,
        44, Quantity.Reactive, 0, 46, Quantity.Reactive, 1, 48, Quantity.Reactive, 2, 50, Quantity.Reactive, 3,
        52, Quantity.PowerFactor, 0, 54, Quantity.PowerFactor, 1, 56, Quantity.PowerFactor, 2,
        58, Quantity.PowerFactor, 3,
        60, Quantity.Export, 0, 62, Quantity.Export, 1, 64, Quantity.Export, 2, 66, Quantity.Export, 3,
        68, Quantity.Import, 0, 70, Quantity.Import, 1, 72, Quantity.Import, 2, 74, Quantity.Import, 3,
    };

    private readonly IModbusMeter _meter;
    private readonly byte[] _common = new byte[2 * CommonLength];
    private readonly byte[] _model = new byte[2 * (2 + FloatLength)];
    private readonly int _powerScale;

    /// <param name="maker">Up to 32 characters, as model, version and serial number up to 32, 16 and 32.</param>
    public SunSpecMap(IModbusMeter meter, string maker, string model, string version, string serial, int unit)
    {
        _meter = meter;

        // 16 bits of W hold 32 kW; three phases of 100 A need tens of watts.
        _powerScale = meter.PhaseCount > 1 ? 1 : 0;
        WriteText(0, 32, maker);
        WriteText(32, 32, model);
        WriteText(80, 16, version);
        WriteText(96, 32, serial);
        ModbusProtocol.WriteUInt16(_common, 128, unit);
        ModbusProtocol.WriteUInt16(_common, 130, NotImplemented);
    }

    public bool Covers(int address, int count) => address >= Base && address + count <= Base + RegisterCount;

    public int Read(int address, int count, byte[] destination, int offset)
    {
        int first = address - Base;
        int last = first + count;
        Put(0, 0x5375, first, last, destination, offset);
        Put(1, 0x6E53, first, last, destination, offset);
        Put(EndAt, 0xFFFF, first, last, destination, offset);
        Put(EndAt + 1, 0, first, last, destination, offset);
        bool isThree = _meter.PhaseCount > 1;
        if (first < IntegerAt && last > CommonAt)
        {
            Begin(1, CommonLength);
            Array.Copy(_common, 0, _model, 4, _common.Length);
            CopyModel(CommonAt, CommonLength, first, last, destination, offset);
        }

        if (first < FloatAt && last > IntegerAt)
        {
            Begin(isThree ? 203 : 201, IntegerLength);
            FillIntegers();
            CopyModel(IntegerAt, IntegerLength, first, last, destination, offset);
        }

        if (first < EndAt && last > FloatAt)
        {
            Begin(isThree ? 213 : 211, FloatLength);
            FillFloats();
            CopyModel(FloatAt, FloatLength, first, last, destination, offset);
        }

        return 0;
    }

    public int Write(int address, int count, byte[] source, int offset) => ModbusProtocol.IllegalAddress;

    /// <summary>A value times ten to a scale factor of −10 to 10, rounded; 8000 is "no scale".</summary>
    internal static bool TryScale(long value, int scale, out long scaled)
    {
        scaled = value;
        if (scale < -10 || scale > 10)
        {
            return false;
        }

        for (; scale > 0; scale--)
        {
            if (scaled > long.MaxValue / 10 || scaled < -(long.MaxValue / 10))
            {
                return false;
            }

            scaled *= 10;
        }

        long divisor = 1;
        for (; scale < 0; scale++)
        {
            divisor *= 10;
        }

        scaled = Basics.Scaling.DivideRounded(scaled, divisor);
        return true;
    }

    private void WriteText(int at, int size, string text)
    {
        for (int i = 0; i < size && i < text.Length; i++)
        {
            _common[at + i] = text[i] < 128 ? (byte)text[i] : (byte)'?';
        }
    }

    /// <summary>"Not implemented" everywhere; for counters and text that is 0.</summary>
    private void Begin(int model, int length)
    {
        for (int i = 2; i < length + 2; i++)
        {
            ModbusProtocol.WriteUInt16(_model, 2 * i, model == 1 ? 0 : NotImplemented);
        }

        ModbusProtocol.WriteUInt16(_model, 0, model);
        ModbusProtocol.WriteUInt16(_model, 2, length);
    }

    private void FillIntegers()
    {
        Scale(6, -2);
        Scale(15, -1);
        Scale(17, -2);
        Scale(22, _powerScale);
        Scale(27, _powerScale);
        Scale(32, _powerScale);
        Scale(37, -2);
        Scale(54, 0);
        for (int i = 0; i < _integerPoints.Length; i += 3)
        {
            int quantity = _integerPoints[i + 1];
            if (_meter.TryRead(quantity, _integerPoints[i + 2], out long value))
            {
                // Kept in thousandths, power factor in 1/10 000 against hundredths of a percent: the same.
                int unit = quantity == Quantity.PowerFactor ? 1 : quantity == Quantity.Voltage ? 100
                    : quantity == Quantity.Current || quantity == Quantity.Frequency ? 10 : _powerScale > 0 ? 10_000
                        : 1_000;
                value = Basics.Scaling.DivideRounded(value, unit);

                // What 16 bits do not hold is no value rather than a wrong one.
                bool holds = value < 0x8000 && value > -0x8000;
                ModbusProtocol.WriteUInt16(_model, 2 * _integerPoints[i], holds ? (int)value : NotImplemented);
            }
        }

        // Counters that are not there are 0; there are no alarms.
        for (int i = 38; i < 54; i++)
        {
            ModbusProtocol.WriteUInt16(_model, 2 * i, 0);
        }

        for (int i = 55; i <= 106; i++)
        {
            bool isScale = i == 71 || i == 104;
            ModbusProtocol.WriteUInt16(_model, 2 * i, isScale ? NotImplemented : 0);
        }

        for (int i = 0; i < _counters.Length; i += 3)
        {
            if (_meter.TryRead(_counters[i + 1], _counters[i + 2], out long milliwattHours))
            {
                WriteInt32(_counters[i], (int)(milliwattHours / 1_000));
            }
        }
    }

    private void FillFloats()
    {
        for (int i = 2; i < 124; i += 2)
        {
            WriteInt32(i, ModbusFloat.NaN);
        }

        for (int i = 0; i < _floatPoints.Length; i += 3)
        {
            int quantity = _floatPoints[i + 1];
            if (_meter.TryRead(quantity, _floatPoints[i + 2], out long value))
            {
                WriteInt32(_floatPoints[i], ModbusFloat.FromRatio(value, quantity == Quantity.PowerFactor ? 100
                    : 1_000));
            }
        }

        WriteInt32(124, 0);
    }

    private void Scale(int register, int power) => ModbusProtocol.WriteUInt16(_model, 2 * register, power);

    private void WriteInt32(int register, int value)
    {
        ModbusProtocol.WriteUInt16(_model, 2 * register, value >> 16);
        ModbusProtocol.WriteUInt16(_model, 2 * register + 2, value);
    }

    private void CopyModel(int at, int length, int first, int last, byte[] destination, int offset)
    {
        int from = first > at ? first : at;
        int to = last < at + 2 + length ? last : at + 2 + length;
        if (to > from)
        {
            Array.Copy(_model, 2 * (from - at), destination, offset + 2 * (from - first), 2 * (to - from));
        }
    }

    private static void Put(int register, int value, int first, int last, byte[] destination, int offset)
    {
        if (register >= first && register < last)
        {
            ModbusProtocol.WriteUInt16(destination, offset + 2 * (register - first), value);
        }
    }
}
