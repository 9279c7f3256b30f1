using MeterFirmware.Basics;

namespace MeterFirmware.Dlt645;

/// <summary>
/// The whole answer to one read, taken at one moment and sent in as many frames as it needs: parts begin at field
/// boundaries, and a part that was lost can be asked for again.
/// </summary>
public sealed class Dlt645Answer
{
    /// <summary>200 bytes less the identifier and the sequence number.</summary>
    public const int PartLengthMax = Dlt645Protocol.DataLengthMax - 5;

    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly Dlt645Item _item = new Dlt645Item();
    private readonly Dlt645Block _block = new Dlt645Block();
    private readonly CivilTime _time = new CivilTime();
    private int _length;
    private int _partCount;
    private bool _hasValue;

    /// <param name="capacityBytes">Longest answer. A daily-freeze block with 8 rates needs 461, with 63 rates 3
    /// 101.</param>
    public Dlt645Answer(int capacityBytes)
    {
        _bytes = new byte[capacityBytes];
        _starts = new int[capacityBytes / (PartLengthMax - Dlt645Profile.LengthMax) + 2];
    }

    public int PartCount => _partCount;

    public int Identifier { get; private set; }

    /// <summary>Builds the answer to a plain identifier or block; 0 or error bits.</summary>
    public int Build(int di, IDlt645Meter meter, bool partsFreezeBlocks)
    {
        Begin(di);
        meter.BeginAnswer();
        Dlt645Counts counts = meter.Counts;
        if (!_block.Begin(di, counts))
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        bool first = true;
        while (_block.TryNext(out int element))
        {
            if (!Dlt645Catalogue.TryDescribe(element, _item))
            {
                return Dlt645Protocol.ErrorNoSuchData;
            }

            if (!first && partsFreezeBlocks && _block.IsFreeze && !TryAppendByte(Dlt645Protocol.Wildcard))
            {
                return Dlt645Protocol.ErrorOther;
            }

            first = false;
            if (!TryAppendElement(element, meter, _item.RepetitionsIn(counts)))
            {
                return Dlt645Protocol.ErrorOther;
            }
        }

        return _hasValue ? 0 : Dlt645Protocol.ErrorNoSuchData;
    }

    /// <summary>Builds load-profile records: <paramref name="recordCount"/> at most, fewer when the answer is
    /// full.</summary>
    public int BuildProfile(int di, IDlt645Meter meter, int recordCount, long localSeconds)
    {
        Begin(di);
        meter.BeginAnswer();
        int profileClass = Dlt645Catalogue.Byte2(di);
        int which = Dlt645Catalogue.Byte0(di);
        if (profileClass > Dlt645Profile.SectionCount || Dlt645Catalogue.Byte1(di) != 0 || which > 2
            || !meter.TrySeekProfile(profileClass, which, localSeconds))
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        for (int i = 0; i < recordCount; i++)
        {
            if (!TryAppendRecord(profileClass, meter) || !meter.TryNextProfile())
            {
                break;
            }
        }

        return _length > 0 ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>Copies a part (0 is the first) behind the identifier; returns its length.</summary>
    public int CopyPart(int part, byte[] destination, int offset)
    {
        int start = _starts[part];
        int end = part + 1 < _partCount ? _starts[part + 1] : _length;
        for (int i = start; i < end; i++)
        {
            destination[offset + i - start] = _bytes[i];
        }

        return end - start;
    }

    private void Begin(int di)
    {
        Identifier = di;
        _length = 0;
        _partCount = 1;
        _starts[0] = 0;
        _hasValue = false;
    }

    private bool TryAppendElement(int element, IDlt645Meter meter, int repetitions)
    {
        int field = 0;
        for (int r = 0; r < repetitions; r++)
        {
            for (int f = 0; f < _item.FieldCount; f++)
            {
                int format = _item.FormatOf(f);
                if (!TryReserve(Dlt645Format.BytesOf(format)))
                {
                    return false;
                }

                bool has = TryClock(element, meter, out long value) || meter.TryRead(element, field, out value);
                AppendField(format, has, value);
                field++;
            }
        }

        return true;
    }

    // The clock's identifiers come from the clock, whatever the meter's registers say.
    private bool TryClock(int di, IDlt645Meter meter, out long value)
    {
        value = 0;
        if (di != 0x04000101 && di != 0x04000102 && di != 0x0400010C)
        {
            return false;
        }

        if (!meter.TryReadClock(out long now))
        {
            return false;
        }

        long timeOfDay = Dlt645Time.ToSecondDigits(now, _time) % 1_000_000;
        long date = Dlt645Time.ToDateDigits(now, _time);
        value = di == 0x04000101 ? date : di == 0x04000102 ? timeOfDay : date * 1_000_000 + timeOfDay;
        return true;
    }

    private void AppendField(int format, bool has, long value)
    {
        int count = Dlt645Format.BytesOf(format);
        if (has && Dlt645Format.TryWrite(format, value, _bytes, _length))
        {
            _hasValue = true;
        }
        else
        {
            // No value, or one that the digits cannot hold: FF is no BCD digit, so nobody takes it for a number.
            for (int i = 0; i < count; i++)
            {
                _bytes[_length + i] = 0xFF;
            }
        }

        _length += count;
    }

    private bool TryAppendByte(byte value)
    {
        if (!TryReserve(1))
        {
            return false;
        }

        _bytes[_length] = value;
        _length++;
        return true;
    }

    private bool TryAppendRecord(int profileClass, IDlt645Meter meter)
    {
        // A record stays whole: it has its own checksum.
        if (!TryReserve(Dlt645Profile.LengthMax))
        {
            return false;
        }

        int start = _length;
        _bytes[_length] = Dlt645Profile.Begin;
        _bytes[_length + 1] = Dlt645Profile.Begin;
        _length += 3;
        AppendField(Dlt645Format.TimeToMinute, true, Dlt645Time.ToMinuteDigits(meter.ProfileTime, _time));
        for (int section = 1; section <= Dlt645Profile.SectionCount; section++)
        {
            bool wanted = profileClass == 0 || profileClass == section;
            if (wanted && IsRecorded(section, meter))
            {
                for (int f = 0; f < Dlt645Profile.FieldCountOf(section); f++)
                {
                    bool has = meter.TryReadProfile(section, f, out long value);
                    AppendField(Dlt645Profile.FormatOf(section, f), has, value);
                }
            }

            _bytes[_length] = Dlt645Profile.Separator;
            _length++;
        }

        _bytes[start + 2] = (byte)(_length - start - 3);
        int sum = 0;
        for (int i = start; i < _length; i++)
        {
            sum += _bytes[i];
        }

        _bytes[_length] = (byte)sum;
        _bytes[_length + 1] = Dlt645Profile.End;
        _length += 2;
        return true;
    }

    private static bool IsRecorded(int section, IDlt645Meter meter)
    {
        for (int f = 0; f < Dlt645Profile.FieldCountOf(section); f++)
        {
            if (meter.TryReadProfile(section, f, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Room for the next bytes in one part; begins a new part when they do not fit the current one.</summary>
    private bool TryReserve(int count)
    {
        if (_length + count > _bytes.Length)
        {
            return false;
        }

        if (_length + count - _starts[_partCount - 1] > PartLengthMax)
        {
            if (_partCount == _starts.Length)
            {
                return false;
            }

            _starts[_partCount] = _length;
            _partCount++;
        }

        return true;
    }
}
