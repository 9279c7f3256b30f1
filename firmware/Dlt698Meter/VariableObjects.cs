using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>Variables, 20xx: the same numbers as under 02 xx, for 0.0001 kW is 0.1 W.</summary>
internal sealed class VariableObjects
{
    private const int Value = 2;
    private const int StatusWords = 7;
    private const int StatusBits = 16;

    private readonly IDlt645Meter _meter;

    public VariableObjects(IDlt645Meter meter)
    {
        _meter = meter;
    }

    public int Get(int oi, int attribute, int index, Dlt698Writer writer)
    {
        if (oi == 0x200D || oi == 0x200E)
        {
            return Harmonics(oi == 0x200E, attribute, index, writer);
        }

        int phases = _meter.Counts.Phases;
        if (attribute == ScalerUnit.OfValue)
        {
            return Unit(oi, index, writer);
        }

        if (attribute != Value)
        {
            return Dlt698Error.Undefined;
        }

        switch (oi)
        {
            case 0x2000:
                return Phases(0x02010100, phases, Dlt698Tag.UInt16, index, writer);
            case 0x2001:
                return Phases(0x02020100, phases, Dlt698Tag.Int32, index, writer);
            case 0x2004:
                return Phases(0x02030000, phases + 1, Dlt698Tag.Int32, index, writer);
            case 0x2005:
                return Phases(0x02040000, phases + 1, Dlt698Tag.Int32, index, writer);
            case 0x2006:
                return Phases(0x02050000, phases + 1, Dlt698Tag.Int32, index, writer);
            case 0x200A:
                return Phases(0x02060000, phases + 1, Dlt698Tag.Int16, index, writer);
            case 0x200B:
                return Phases(0x02080100, phases, Dlt698Tag.Int16, index, writer);
            case 0x200C:
                return Phases(0x02090100, phases, Dlt698Tag.Int16, index, writer);
            case 0x200F:
                return Single(0x02800002, Dlt698Tag.UInt16, index, writer);
            case 0x2010:
                return Single(0x02800007, Dlt698Tag.Int16, index, writer);
            case 0x2014:
                return Status(index, writer);
            case 0x2017:
                return Single(0x02800004, Dlt698Tag.Int32, index, writer);
            default:
                return Dlt698Error.NoObject;
        }
    }

    private int Unit(int oi, int index, Dlt698Writer writer)
    {
        int di;
        int scaler;
        int unit;
        switch (oi)
        {
            case 0x2000:
                di = 0x02010100;
                scaler = -1;
                unit = ScalerUnit.Volt;
                break;
            case 0x2001:
                di = 0x02020100;
                scaler = -3;
                unit = ScalerUnit.Ampere;
                break;
            case 0x2004:
                di = 0x02030000;
                scaler = -1;
                unit = ScalerUnit.Watt;
                break;
            case 0x2005:
                di = 0x02040000;
                scaler = -1;
                unit = ScalerUnit.Var;
                break;
            case 0x2006:
                di = 0x02050000;
                scaler = -1;
                unit = ScalerUnit.VoltAmpere;
                break;
            case 0x200F:
                di = 0x02800002;
                scaler = -2;
                unit = ScalerUnit.Hertz;
                break;
            case 0x2010:
                di = 0x02800007;
                scaler = -1;
                unit = ScalerUnit.Celsius;
                break;
            case 0x2017:
                di = 0x02800004;
                scaler = -4;
                unit = ScalerUnit.Kilowatt;
                break;
            default:
                return Dlt698Error.Undefined;
        }

        return _meter.TryRead(di, 0, out long _) ? ScalerUnit.Write(writer, index, scaler, unit)
            : Dlt698Error.NoObject;
    }

    private int Phases(int di, int count, int tag, int index, Dlt698Writer writer)
    {
        if (!_meter.TryRead(di, 0, out long value))
        {
            return Dlt698Error.NoObject;
        }

        if (index > count)
        {
            return Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int i = index == 0 ? 0 : index - 1; i < (index == 0 ? count : index); i++)
        {
            Number(_meter.TryRead(di + (i << 8), 0, out value), tag, value, writer);
        }

        return Dlt698Error.None;
    }

    private int Single(int di, int tag, int index, Dlt698Writer writer)
    {
        if (!_meter.TryRead(di, 0, out long value))
        {
            return Dlt698Error.NoObject;
        }

        writer.Number(tag, value);
        return index == 0 ? Dlt698Error.None : Dlt698Error.OutOfRange;
    }

    /// <summary>Attribute 2 to 4 is a phase; element 1 the total distortion, 2 the second order, and so on.</summary>
    private int Harmonics(bool isCurrent, int attribute, int index, Dlt698Writer writer)
    {
        int phase = attribute - Value;
        int count = _meter.Counts.Harmonics;
        if (phase < 0 || phase > 2)
        {
            return Dlt698Error.Undefined;
        }

        int place = (phase + 1) << 8;
        int total = (isCurrent ? 0x02090000 : 0x02080000) | place;
        int orders = (isCurrent ? 0x020B0000 : 0x020A0000) | place;
        if (!_meter.TryRead(total, 0, out long value))
        {
            return Dlt698Error.NoObject;
        }

        if (index > count)
        {
            return Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int order = index == 0 ? 1 : index; order <= (index == 0 ? count : index); order++)
        {
            Number(_meter.TryRead(order == 1 ? total : orders | order, 0, out value), Dlt698Tag.Int16, value, writer);
        }

        return Dlt698Error.None;
    }

    /// <summary>Words 1 to 7 as bit strings: bit 0 comes first. What the meter has no word for is all zero.</summary>
    private int Status(int index, Dlt698Writer writer)
    {
        if (index > StatusWords)
        {
            return Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(StatusWords);
        }

        for (int word = index == 0 ? 1 : index; word <= (index == 0 ? StatusWords : index); word++)
        {
            _meter.TryRead(0x04000500 + word, 0, out long bits);
            int turned = 0;
            for (int bit = 0; bit < StatusBits; bit++)
            {
                turned |= (int)(bits >> bit & 1) << (StatusBits - 1 - bit);
            }

            writer.Byte(Dlt698Tag.Bits);
            writer.Length(StatusBits);
            writer.UInt16(turned);
        }

        return Dlt698Error.None;
    }

    private static void Number(bool isThere, int tag, long value, Dlt698Writer writer)
    {
        if (isThere)
        {
            writer.Number(tag, value);
        }
        else
        {
            writer.Null();
        }
    }
}
