using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>Parameters, 40xx and 41xx, as they are read.</summary>
internal sealed class ParameterObjects
{
    private const int TableLengthMax = 14;
    private const int DayTablesMax = 8;
    private const int HolidaysMax = 254;
    private const int TextLengthMax = 32;
    private const int SettlementDays = 3;
    private const int Unused = 9999;

    private readonly IDlt645Meter _meter;
    private readonly Dlt645Settings _settings;
    private readonly TableSets _sets;

    public ParameterObjects(IDlt645Meter meter, Dlt645Settings settings)
    {
        _meter = meter;
        _settings = settings;
        _sets = new TableSets(meter);
    }

    public int Get(int oi, int index, Dlt698Writer writer)
    {
        switch (oi)
        {
            case 0x4000:
                bool isKnown = _meter.TryReadClock(out long now);
                writer.Time(isKnown, now);
                return Whole(index);
            case 0x4001:
                Address(writer);
                return Whole(index);
            case 0x4002:
                _meter.TryRead(0x04000402, 0, out long digits);
                writer.Digits(digits, Dlt645Protocol.AddressLength);
                return Whole(index);
            case 0x4008:
            case 0x4009:
            case 0x400A:
            case 0x400B:
                return SwitchTime(0x04000106 + oi - 0x4008, index, writer);
            case 0x400C:
                return Counts(index, writer);
            case 0x400D:
                return Number(0x04000207, Dlt698Tag.UInt8, index, writer);
            case 0x400E:
                return Number(0x04000206, Dlt698Tag.UInt8, index, writer);
            case 0x4011:
                return Holidays(index, writer);
            case 0x4014:
            case 0x4015:
                return Zones(_sets.Zones(oi == 0x4015), index, writer);
            case 0x4016:
            case 0x4017:
                return DayTables(_sets.Days(oi == 0x4017), index, writer);
            case 0x4018:
            case 0x4019:
                return Prices(_sets.Prices(oi == 0x4019), index, writer);
            case 0x4100:
                return Number(0x04000103, Dlt698Tag.UInt8, index, writer);
            case 0x4101:
                return Number(0x04000104, Dlt698Tag.UInt8, index, writer);
            case 0x4109:
                return Number(0x04000409, Dlt698Tag.UInt32, index, writer);
            case 0x4116:
                return Settlements(index, writer);
            default:
                return Plate(oi, index, writer);
        }
    }

    private static int Whole(int index) => index == 0 ? Dlt698Error.None : Dlt698Error.OutOfRange;

    private int Number(int di, int tag, int index, Dlt698Writer writer)
    {
        if (!_meter.TryRead(di, 0, out long value))
        {
            return Dlt698Error.NoObject;
        }

        writer.Number(tag, value);
        return Whole(index);
    }

    private void Address(Dlt698Writer writer)
    {
        writer.Byte(Dlt698Tag.Octets);
        writer.Length(Dlt645Protocol.AddressLength);
        for (int i = Dlt645Protocol.AddressLength - 1; i >= 0; i--)
        {
            writer.Byte(_settings.Address[i]);
        }
    }

    private int SwitchTime(int di, int index, Dlt698Writer writer)
    {
        _meter.TryRead(di, 0, out long digits);
        EnergyData.WriteMinute(writer, digits);
        return Whole(index);
    }

    private int Counts(int index, Dlt698Writer writer)
    {
        writer.StartStructure(5);
        for (int i = 1; i <= 5; i++)
        {
            _meter.TryRead(0x04000200 + i, 0, out long value);
            writer.Number(Dlt698Tag.UInt8, value > byte.MaxValue ? byte.MaxValue : value);
        }

        return Whole(index);
    }

    // What the tables cannot carry is not shown as half a tariff: the object is not there then.
    private int Holidays(int index, Dlt698Writer writer)
    {
        _meter.TryRead(0x04000205, 0, out long days);
        if (days > HolidaysMax)
        {
            return Dlt698Error.NoObject;
        }

        int count = (int)days;
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
            _meter.TryRead(0x04030001 + i, 0, out long digits);
            Dlt645Time.TryFromSecondDigits(digits / 100 * 1_000_000, out long localSeconds);
            writer.StartStructure(2);
            writer.Date(localSeconds);
            writer.Number(Dlt698Tag.UInt8, digits % 100);
        }

        return Dlt698Error.None;
    }

    private int Zones(int di, int index, Dlt698Writer writer)
    {
        if (!_meter.TryRead(di, 0, out _))
        {
            return Dlt698Error.NoObject;
        }

        int count = Used(di);
        if (index > count)
        {
            return Dlt698Error.OutOfRange;
        }

        Triples(di, count, index, writer);
        return Dlt698Error.None;
    }

    private int DayTables(int di, int index, Dlt698Writer writer)
    {
        int tables = 0;
        while (tables < DayTablesMax && _meter.TryRead(di + tables, 0, out _))
        {
            tables++;
        }

        if (index > tables || tables == 0)
        {
            return tables == 0 ? Dlt698Error.NoObject : Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(tables);
        }

        for (int table = index == 0 ? 0 : index - 1; table < (index == 0 ? tables : index); table++)
        {
            Triples(di + table, Used(di + table), 0, writer);
        }

        return Dlt698Error.None;
    }

    /// <summary>Entries of a table; DL/T 645 fills its block with the last one.</summary>
    private int Used(int di)
    {
        int count = TableLengthMax;
        _meter.TryRead(di, count - 1, out long last);
        while (count > 1 && _meter.TryRead(di, count - 2, out long value) && value == last)
        {
            count--;
        }

        return count;
    }

    /// <summary>MMDDNN or hhmmNN as structures of three.</summary>
    private void Triples(int di, int count, int index, Dlt698Writer writer)
    {
        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int i = index == 0 ? 0 : index - 1; i < (index == 0 ? count : index); i++)
        {
            _meter.TryRead(di, i, out long digits);
            writer.StartStructure(3);
            writer.Number(Dlt698Tag.UInt8, digits / 10_000);
            writer.Number(Dlt698Tag.UInt8, digits / 100 % 100);
            writer.Number(Dlt698Tag.UInt8, digits % 100);
        }
    }

    private int Prices(int di, int index, Dlt698Writer writer)
    {
        int count = 0;
        while (_meter.TryRead(di + count, 0, out _))
        {
            count++;
        }

        if (index > count || count == 0)
        {
            return count == 0 ? Dlt698Error.NoObject : Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int i = index == 0 ? 0 : index - 1; i < (index == 0 ? count : index); i++)
        {
            _meter.TryRead(di + i, 0, out long value);
            writer.Number(Dlt698Tag.UInt32, value);
        }

        return Dlt698Error.None;
    }

    /// <summary>Day and hour; 99 and 99: unused.</summary>
    private int Settlements(int index, Dlt698Writer writer)
    {
        if (!_meter.TryRead(0x04000B01, 0, out _))
        {
            return Dlt698Error.NoObject;
        }

        if (index > SettlementDays)
        {
            return Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(SettlementDays);
        }

        for (int i = index == 0 ? 1 : index; i <= (index == 0 ? SettlementDays : index); i++)
        {
            long digits = _meter.TryRead(0x04000B00 + i, 0, out long value) ? value : Unused;
            writer.StartStructure(2);
            writer.Number(Dlt698Tag.UInt8, digits / 100);
            writer.Number(Dlt698Tag.UInt8, digits % 100);
        }

        return Dlt698Error.None;
    }

    /// <summary>4103 to 4108 and 410B: texts, which DL/T 645 has last character first.</summary>
    private int Plate(int oi, int index, Dlt698Writer writer)
    {
        int di = 0x04000403 + oi - 0x4103;
        if ((oi < 0x4103 || oi > 0x4108) && oi != 0x410B)
        {
            return Dlt698Error.NoObject;
        }

        int length = 0;
        while (length < TextLengthMax && _meter.TryRead(di, length, out long next) && next != 0)
        {
            length++;
        }

        if (length == 0)
        {
            return Dlt698Error.NoObject;
        }

        writer.Byte(Dlt698Tag.Text);
        writer.Length(length);
        for (int i = length - 1; i >= 0; i--)
        {
            _meter.TryRead(di, i, out long character);
            writer.Byte((int)character);
        }

        return Whole(index);
    }
}
