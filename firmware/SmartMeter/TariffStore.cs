using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What was loaded by command and must outlive a loss of supply, as one state that is written whole: the tables of both
/// sets with their switch times, the day-ahead lists, and what else the utility set (<see cref="MeterTerms"/>).
/// <code>
///   version (1) | tables (1) | of each: length (2), bytes | of each part: before, after (1, 1; an index), switch time (8)
///   | day-ahead lists | announced days, in version 2 | terms
/// </code>
/// Which table holds is a function of the time, so a power loss in the middle of a switch changes nothing.
/// </summary>
public sealed class TariffStore
{
    private const byte Version = 1;

    // Written only while days are announced: an older firmware reads all else.
    private const byte AnnouncedVersion = 2;
    private const int PartCount = 4;

    // Four tables that held before, and the spare: more mixes than any utility makes.
    private const int TablesMax = PartCount + 1;

    private readonly ICheckpointStore _store;
    private readonly TariffSets _sets;
    private readonly MeterTerms _terms;
    private readonly byte[] _state;
    private readonly TariffTable[] _tables = new TariffTable[TablesMax];
    private TariffTable _instead;

    /// <param name="store">Blocks of its own.</param>
    /// <param name="sets">Filled by <see cref="TryLoad"/>.</param>
    /// <param name="terms">Filled by <see cref="TryLoad"/>.</param>
    /// <param name="buffer">Longest state and a checkpoint's head; shared, so nothing in it outlives a call.</param>
    public TariffStore(ICheckpointStore store, TariffSets sets, MeterTerms terms, byte[] buffer)
    {
        _store = store;
        _sets = sets;
        _terms = terms;
        _state = buffer;
    }

    /// <summary>Longest state in bytes, and longest table.</summary>
    public int StateBytesMax => _state.Length - CheckpointStore.OverheadBytes;

    /// <summary>Room for what a command carries, until the next call of anything that stores. The command itself may
    /// stand there: decode from its front to its end, and only what will be read no more.</summary>
    public byte[] Buffer => _state;

    /// <summary>Puts back what was kept. False: nothing was, or it does not fit together; then the first tariff holds.
    /// </summary>
    public bool TryLoad(TariffTable fallback)
    {
        if (!_store.TryReadNewest(_state, out int length, out bool _) || length < 2
            || (_state[0] != Version && _state[0] != AnnouncedVersion) || _state[1] > TablesMax)
        {
            return false;
        }

        int at = 2;
        int tables = _state[1];
        for (int i = 0; i < tables; i++)
        {
            int bytes = at + 2 <= length ? LittleEndian.ReadUInt16(_state, at) : length;
            if (at + 2 + bytes > length)
            {
                return false;
            }

            byte[] table = new byte[bytes];
            System.Array.Copy(_state, at + 2, table, 0, bytes);
            if (!TariffTable.TryLoad(table, bytes, out _tables[i], out string _))
            {
                return false;
            }

            at += 2 + bytes;
        }

        int partsAt = at;
        for (int part = 0; part < PartCount; part++, at += 10)
        {
            if (at + 10 > length || _state[at] >= tables || _state[at + 1] >= tables)
            {
                return false;
            }
        }

        for (int part = 0; part < PartCount; part++, partsAt += 10)
        {
            _sets.RestorePart((TariffPart)part, _tables[_state[partsAt]], _tables[_state[partsAt + 1]],
                LittleEndian.ReadInt64(_state, partsAt + 2));
        }

        bool isGood = _sets.TryFinishRestore(fallback, out string _);
        if (_sets.DayAhead != null)
        {
            _sets.DayAhead.Clear();
            at = _sets.DayAhead.Load(_sets.After(TariffPart.Seasons), _state, at, length);
        }

        _sets.Announced.Clear();
        if (_state[0] == AnnouncedVersion && at >= 0)
        {
            at = _sets.Announced.Load(_state, at, length);
        }

        return at >= 0 && _terms.TryLoad(_state, at, length) && isGood;
    }

    /// <summary>Keeps one table for all parts and all time, before it comes into force: a CommandRefusal. The sets can
    /// use it.</summary>
    public int TryKeepInstead(TariffTable table)
    {
        _instead = table;
        bool isKept = TrySave();
        _instead = null;
        return isKept ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }

    /// <summary>Keeps all as it stands. False: the store refused, or it is longer than a state may be.</summary>
    public bool TrySave()
    {
        int count = 0;
        for (int part = 0; part < PartCount; part++)
        {
            IndexOf(Before(part), ref count);
            IndexOf(After(part), ref count);
        }

        int bytes = 2 + 10 * PartCount + MeterTerms.SavedBytes
            + (_sets.DayAhead == null ? 0 : _sets.DayAhead.SavedBytes)
            + (_sets.Announced.Count == 0 ? 0 : AnnouncedDays.SavedBytesMax);
        for (int i = 0; i < count; i++)
        {
            bytes += 2 + _tables[i].ByteCount;
        }

        if (bytes > StateBytesMax)
        {
            return false;
        }

        bool isAnnounced = _sets.Announced.Count > 0;
        _state[0] = isAnnounced ? AnnouncedVersion : Version;
        _state[1] = (byte)count;
        int at = 2;
        for (int i = 0; i < count; i++)
        {
            LittleEndian.WriteUInt16(_state, at, _tables[i].ByteCount);
            _tables[i].CopyTo(_state, at + 2);
            at += 2 + _tables[i].ByteCount;
        }

        for (int part = 0; part < PartCount; part++, at += 10)
        {
            _state[at] = (byte)IndexOf(Before(part), ref count);
            _state[at + 1] = (byte)IndexOf(After(part), ref count);
            LittleEndian.WriteInt64(_state, at + 2, _instead == null
                ? _sets.SwitchUtc((TariffPart)part) : TariffSets.Never);
        }

        at = _sets.DayAhead == null ? at : _sets.DayAhead.Save(_state, at);
        at = isAnnounced ? _sets.Announced.Save(_state, at) : at;
        at = _terms.Save(_state, at);
        return _store.TryWrite(_state, at);
    }

    private TariffTable Before(int part) => _instead == null ? _sets.Before((TariffPart)part) : _instead;

    private TariffTable After(int part) => _instead == null ? _sets.After((TariffPart)part) : _instead;

    /// <summary>The table's place in the list, put there when it is new.</summary>
    private int IndexOf(TariffTable table, ref int count)
    {
        int index = 0;
        while (index < count && _tables[index] != table)
        {
            index++;
        }

        if (index == count)
        {
            _tables[count] = table;
            count++;
        }

        return index;
    }
}
