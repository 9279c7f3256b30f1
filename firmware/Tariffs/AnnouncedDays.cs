using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Local days that the utility has announced by command, each of a kind that the tariff names ("hot", "red"). Such a
/// day takes the kind's day table before every holiday and season. A kind that the tariff in force does not name
/// changes nothing, so that a day may be announced before its tariff comes.
/// </summary>
public sealed class AnnouncedDays
{
    /// <summary>Days that are kept: a heat wave of a week, and today.</summary>
    public const int Capacity = 8;

    /// <summary>Bytes that <see cref="Save"/> writes at most.</summary>
    public const int SavedBytesMax = 1 + Capacity * (4 + 1 + TariffLimits.AnnouncedNameBytesMax);

    private readonly long[] _days = new long[Capacity];
    private readonly string[] _kinds = new string[Capacity];

    public AnnouncedDays()
    {
        Clear();
    }

    /// <summary>Grows with every change.</summary>
    public int Version { get; private set; }

    /// <summary>Days that are announced.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            for (int place = 0; place < Capacity; place++)
            {
                count += _days[place] == DayLists.NoDay ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>Forgets every day.</summary>
    public void Clear()
    {
        for (int place = 0; place < Capacity; place++)
        {
            Forget(place);
        }

        Version++;
    }

    /// <summary>Announces a day; the last word on it holds, the same word again changes nothing.</summary>
    /// <param name="dayNumber">Local date as days since 1970-01-01.</param>
    /// <param name="kind">1 to 16 bytes of ASCII; null: the day is an ordinary one again.</param>
    /// <param name="today">The local date now; <see cref="DayLists.NoDay"/> without a calendar.</param>
    /// <returns>False: the day is over, or as many nearer days are announced; nothing changed.</returns>
    public bool TrySet(long dayNumber, string kind, long today)
    {
        int place = today != DayLists.NoDay && dayNumber < today ? -1 : DayLists.PlaceFor(_days, dayNumber, today);
        if (place < 0)
        {
            return false;
        }

        if (kind == null && _days[place] != dayNumber)
        {
            return true;
        }

        if (_days[place] != dayNumber || _kinds[place] != kind)
        {
            _days[place] = kind == null ? DayLists.NoDay : dayNumber;
            _kinds[place] = kind;
            Version++;
        }

        return true;
    }

    /// <summary>The kind of a local day; null: it is not announced.</summary>
    public string Find(long dayNumber)
    {
        for (int place = 0; place < Capacity; place++)
        {
            if (_days[place] == dayNumber)
            {
                return _kinds[place];
            }
        }

        return null;
    }

    /// <summary>Writes the days; returns the offset behind.</summary>
    public int Save(byte[] target, int offset)
    {
        int at = offset + 1;
        target[offset] = 0;
        for (int place = 0; place < Capacity; place++)
        {
            if (_days[place] == DayLists.NoDay)
            {
                continue;
            }

            target[offset]++;
            LittleEndian.WriteInt32(target, at, (int)_days[place]);
            target[at + 4] = (byte)_kinds[place].Length;
            at += 5;
            for (int i = 0; i < _kinds[place].Length; i++)
            {
                target[at] = (byte)_kinds[place][i];
                at++;
            }
        }

        return at;
    }

    /// <summary>Takes what <see cref="Save"/> wrote. Returns the offset behind, or −1: not such bytes.</summary>
    public int Load(byte[] source, int offset, int end)
    {
        Clear();
        int count = offset < end ? source[offset] : Capacity + 1;
        int at = offset + 1;
        for (int place = 0; place < count; place++)
        {
            int length = place < Capacity && at + 5 <= end ? source[at + 4] : 0;
            if (length == 0 || length > TariffLimits.AnnouncedNameBytesMax || at + 5 + length > end)
            {
                Clear();
                return -1;
            }

            char[] kind = new char[length];
            for (int i = 0; i < length; i++)
            {
                kind[i] = (char)source[at + 5 + i];
            }

            _days[place] = LittleEndian.ReadInt32(source, at);
            _kinds[place] = new string(kind);
            at += 5 + length;
        }

        return at;
    }

    private void Forget(int place)
    {
        _days[place] = DayLists.NoDay;
        _kinds[place] = null;
    }
}
