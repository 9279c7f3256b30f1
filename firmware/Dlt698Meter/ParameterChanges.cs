using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>SET and ACTION: each is checked whole and then one write of DL/T 645, which takes all or nothing.</summary>
internal sealed class ParameterChanges
{
    private const int Reset = 1;
    private const int EntriesMax = 14;
    private const int DayTablesMax = 8;
    private const long PriceMax = 99_999_999;
    private const int HundredYears = 100;
    private const int FirstYear = 2000;

    private readonly IDlt645Meter _meter;
    private readonly Dlt645Settings _settings;
    private readonly TableSets _sets;
    private readonly CivilTime _time = new CivilTime();
    private readonly long[] _fields = new long[EntriesMax];
    private readonly byte[] _address = new byte[Dlt645Protocol.AddressLength];

    public ParameterChanges(IDlt645Meter meter, Dlt645Settings settings)
    {
        _meter = meter;
        _settings = settings;
        _sets = new TableSets(meter);
    }

    /// <param name="client">Stands for the operator in the event of the write.</param>
    public int Set(int oi, int index, Dlt698Reader data, int client)
    {
        bool isWhole = index == 0;
        switch (oi)
        {
            case 0x4000:
                return !data.TryTime(out long local) ? Dlt698Error.Type
                    : isWhole ? Result(_meter.SetClock(local, false, client)) : Dlt698Error.OutOfRange;
            case 0x4001:
                return isWhole ? SetAddress(data) : Dlt698Error.OutOfRange;
            case 0x4002:
                return isWhole ? SetNumber(data, client) : Dlt698Error.OutOfRange;
            case 0x4008:
            case 0x4009:
            case 0x400A:
            case 0x400B:
                return isWhole ? SetSwitchTime(0x04000106 + oi - 0x4008, data, client) : Dlt698Error.OutOfRange;
            case 0x4015:
                return isWhole ? SetTriples(_sets.Zones(true), data, client) : Dlt698Error.Refused;
            case 0x4017:
                return index is > 0 and <= DayTablesMax
                    ? SetTriples(_sets.Days(true) + index - 1, data, client) : Dlt698Error.Refused;
            case 0x4019:
                return index is > 0 and <= Dlt645Catalogue.RatesMax
                    ? SetNumber(_sets.Prices(true) + index - 1, PriceMax, data, client) : Dlt698Error.Refused;
            case 0x4100:
            case 0x4101:
                return isWhole ? SetNumber(0x04000103 + oi - 0x4100, 99, data, client) : Dlt698Error.OutOfRange;
            case 0x4116:
                return index is > 0 and <= 3 ? SetSettlement(0x04000B00 + index, data, client) : Dlt698Error.Refused;
            default:
                return oi >> 8 == 0x40 || oi >> 8 == 0x41 ? Dlt698Error.NoObject : Dlt698Error.Refused;
        }
    }

    /// <summary>Method 1 sets back: maximum demands, both directions at once, and the records of an event. Energies are
    /// never set back.</summary>
    public int Act(int oi, int method, int client)
    {
        int identifier = EventObject.IdentifierOf(oi);
        bool isDemand = oi == 0x1010 || oi == 0x1020;
        if (!isDemand && identifier == 0)
        {
            return Dlt698Error.Refused;
        }

        if (method != Reset)
        {
            return Dlt698Error.Undefined;
        }

        return Result(isDemand ? _meter.ClearDemand(client) : _meter.ClearEvents(identifier | 0xFF, client));
    }

    /// <summary>Only within the window of the programming input, as over DL/T 645.</summary>
    private int SetAddress(Dlt698Reader data)
    {
        if (!data.TryParts(Dlt698Tag.Octets, Dlt645Protocol.AddressLength))
        {
            return Dlt698Error.Type;
        }

        bool isBroadcast = true;
        for (int i = Dlt645Protocol.AddressLength - 1; i >= 0; i--)
        {
            int pair = data.Byte();
            if (pair >> 4 > 9 || (pair & 0x0F) > 9)
            {
                return Dlt698Error.OutOfRange;
            }

            _address[i] = (byte)pair;
            isBroadcast &= pair == 0x99;
        }

        if (isBroadcast)
        {
            return Dlt698Error.OutOfRange;
        }

        if (!_meter.IsProgrammingOpen)
        {
            return Dlt698Error.Refused;
        }

        SwapAddress();
        if (_meter.TryKeepSettings(true))
        {
            return Dlt698Error.None;
        }

        SwapAddress();
        return Dlt698Error.Refused;
    }

    private void SwapAddress()
    {
        for (int i = 0; i < _address.Length; i++)
        {
            byte before = _settings.Address[i];
            _settings.Address[i] = _address[i];
            _address[i] = before;
        }
    }

    private int SetNumber(Dlt698Reader data, int client)
    {
        if (!data.TryParts(Dlt698Tag.Octets, Dlt645Protocol.AddressLength))
        {
            return Dlt698Error.Type;
        }

        _fields[0] = 0;
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            int pair = data.Byte();
            if (pair >> 4 > 9 || (pair & 0x0F) > 9)
            {
                return Dlt698Error.OutOfRange;
            }

            _fields[0] = _fields[0] * 100 + (pair >> 4) * 10 + (pair & 0x0F);
        }

        return Write(0x04000402, 1, client);
    }

    private int SetNumber(int di, long most, Dlt698Reader data, int client)
    {
        if (!data.TryNumber(out _fields[0]))
        {
            return Dlt698Error.Type;
        }

        return _fields[0] < 0 || _fields[0] > most ? Dlt698Error.OutOfRange : Write(di, 1, client);
    }

    /// <summary>NULL or all FF: what is planned is taken back.</summary>
    private int SetSwitchTime(int di, Dlt698Reader data, int client)
    {
        int start = data.At;
        _fields[0] = 0;
        int tag = data.Byte();
        if (tag == Dlt698Tag.Null || IsNoTime(tag, data))
        {
            return Write(di, 1, client);
        }

        data.Return(start);
        if (!data.TryTime(out long local))
        {
            return Dlt698Error.Type;
        }

        _time.Set(local);
        if (_time.Year < FirstYear || _time.Year >= FirstYear + HundredYears || _time.Second != 0)
        {
            return Dlt698Error.OutOfRange;
        }

        _fields[0] = Dlt645Time.ToMinuteDigits(local, _time);
        return Write(di, 1, client);
    }

    private static bool IsNoTime(int tag, Dlt698Reader data)
    {
        bool isNone = tag == Dlt698Tag.DateTimeSeconds && data.Left >= 7;
        for (int i = 0; i < 7; i++)
        {
            isNone &= data.Byte() == 0xFF;
        }

        return isNone;
    }

    /// <summary>An array of structures of three numbers below 100, as DL/T 645 has two digits for each.</summary>
    private int SetTriples(int di, Dlt698Reader data, int client)
    {
        if (data.Byte() != Dlt698Tag.Array)
        {
            return Dlt698Error.Type;
        }

        int count = data.Length();
        if (count == 0 || count > EntriesMax)
        {
            return (di & 0xFF) == 0 ? Dlt698Error.Zones : Dlt698Error.Periods;
        }

        for (int i = 0; i < count; i++)
        {
            bool isGood = data.TryParts(Dlt698Tag.Structure, 3);
            long digits = 0;
            for (int part = 0; part < 3 && isGood; part++)
            {
                isGood = data.TryNumber(out long value) && value >= 0 && value <= 99;
                digits = digits * 100 + value;
            }

            if (!isGood)
            {
                return Dlt698Error.Type;
            }

            _fields[i] = digits;
        }

        return Write(di, count, client);
    }

    private int SetSettlement(int di, Dlt698Reader data, int client)
    {
        if (!data.TryParts(Dlt698Tag.Structure, 2) || !data.TryNumber(out long day) || !data.TryNumber(out long hour))
        {
            return Dlt698Error.Type;
        }

        _fields[0] = day * 100 + hour;
        bool isGood = (day == 99 && hour == 99) || (day >= 1 && day <= 31 && hour >= 0 && hour <= 23);
        return isGood ? Write(di, 1, client) : Dlt698Error.OutOfRange;
    }

    private int Write(int di, int count, int client) => Result(_meter.Write(di, _fields, count, client));

    private static int Result(int errorBits)
    {
        return errorBits == 0 ? Dlt698Error.None
            : (errorBits & Dlt645Protocol.ErrorZoneCount) != 0 ? Dlt698Error.Zones
            : (errorBits & Dlt645Protocol.ErrorPeriodCount) != 0 ? Dlt698Error.Periods
            : (errorBits & Dlt645Protocol.ErrorRateCount) != 0 ? Dlt698Error.Rates
            : (errorBits & Dlt645Protocol.ErrorNoSuchData) != 0 ? Dlt698Error.NoObject
            : Dlt698Error.Refused;
    }
}
