using MeterFirmware.Basics;

namespace MeterFirmware.Dlt645;

/// <summary>Checks a written value field by field and hands it to the meter at once, or not at all.</summary>
internal sealed class Dlt645Writer
{
    private readonly Dlt645Settings _settings;
    private readonly IDlt645Meter _meter;
    private readonly Dlt645Item _item = new Dlt645Item();
    private readonly CivilTime _time = new CivilTime();
    private readonly long[] _fields = new long[Dlt645Item.FieldsMax];

    public Dlt645Writer(Dlt645Settings settings, IDlt645Meter meter)
    {
        _settings = settings;
        _meter = meter;
    }

    /// <summary>Error bits; 0 when the meter has taken all of it.</summary>
    public int Write(int di, Dlt645Frame request, int operatorCode)
    {
        // Parameters only: registers, events and freezes are what they are.
        if (di >> 24 != 4 || !Dlt645Catalogue.TryDescribe(di, _item))
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        int length = request.Length - Dlt645Protocol.WriteHeaderLength;
        int repetitions = length / _item.Length;
        if (repetitions * _item.Length != length || (_item.Repeat == Dlt645Item.RepeatNone && repetitions != 1))
        {
            return Dlt645Protocol.ErrorOther;
        }

        int limitError = _item.Repeat == Dlt645Item.RepeatZones
            ? Dlt645Protocol.ErrorZoneCount : Dlt645Protocol.ErrorPeriodCount;
        if (_item.Repeat != Dlt645Item.RepeatNone && repetitions > 14)
        {
            return limitError;
        }

        if (di == 0x04000401)
        {
            return WriteAddress(request.Data, Dlt645Protocol.WriteHeaderLength, true);
        }

        int count = 0;
        int at = Dlt645Protocol.WriteHeaderLength;
        for (int r = 0; r < repetitions; r++)
        {
            for (int f = 0; f < _item.FieldCount; f++)
            {
                int format = _item.FormatOf(f);
                if (!Dlt645Format.TryRead(format, request.Data, at, out _fields[count]))
                {
                    return Dlt645Protocol.ErrorOther;
                }

                at += Dlt645Format.BytesOf(format);
                count++;
            }
        }

        return Commit(di, count, operatorCode);
    }

    /// <summary>Six BCD bytes; no wildcard, no broadcast. Only within the window of the programming input, also for who
    /// has a password.</summary>
    public int WriteAddress(byte[] data, int offset, bool isProven)
    {
        if (!_meter.IsProgrammingOpen)
        {
            return Dlt645Protocol.ErrorPassword;
        }

        if (!Dlt645Format.TryRead(Dlt645Format.Of(Dlt645Format.Digits, 6), data, offset, out long digits)
            || digits == 999_999_999_999)
        {
            return Dlt645Protocol.ErrorOther;
        }

        SwapAddress(data, offset);
        if (!_meter.TryKeepSettings(isProven))
        {
            SwapAddress(data, offset);
            return Dlt645Protocol.ErrorOther;
        }

        return 0;
    }

    /// <summary>The old one lies in the request then.</summary>
    private void SwapAddress(byte[] data, int offset)
    {
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            byte before = _settings.Address[i];
            _settings.Address[i] = data[offset + i];
            data[offset + i] = before;
        }
    }

    private int Commit(int di, int count, int operatorCode)
    {
        switch (di)
        {
            case 0x04000101:
            case 0x04000102:
            case 0x0400010C:
                return SetClock(di, _fields[0], operatorCode);
            case 0x04000201:
                return _fields[0] <= 14
                    ? _meter.Write(di, _fields, count, operatorCode) : Dlt645Protocol.ErrorZoneCount;
            case 0x04000203:
                return _fields[0] <= 14
                    ? _meter.Write(di, _fields, count, operatorCode) : Dlt645Protocol.ErrorPeriodCount;
            case 0x04000204:
                return _fields[0] <= Dlt645Catalogue.RatesMax
                    ? _meter.Write(di, _fields, count, operatorCode)
                    : Dlt645Protocol.ErrorRateCount;
            default:
                return _meter.Write(di, _fields, count, operatorCode);
        }
    }

    /// <summary>Date alone keeps the time of day, time alone the date. The weekday follows from the date.</summary>
    private int SetClock(int di, long value, int operatorCode)
    {
        if (!_meter.TryReadClock(out long now) && di != 0x0400010C)
        {
            return Dlt645Protocol.ErrorOther;
        }

        long digits = Dlt645Time.ToSecondDigits(now, _time);
        if (di == 0x04000101)
        {
            digits = value / 100 * 1_000_000 + digits % 1_000_000;
        }
        else if (di == 0x04000102)
        {
            digits = digits / 1_000_000 * 1_000_000 + value;
        }
        else
        {
            digits = value / 100_000_000 * 1_000_000 + value % 1_000_000;
        }

        return Dlt645Time.TryFromSecondDigits(digits, out long wanted)
            ? _meter.SetClock(wanted, false, operatorCode)
            : Dlt645Protocol.ErrorOther;
    }
}
