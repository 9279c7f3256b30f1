using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What was loaded by command and must outlive a loss of supply, as one state of sections: the tables of both sets with
/// their switch times, the day-ahead lists, and what else the utility set (<see cref="MeterTerms"/>).
/// <code>
///   version (4) | sections: tag (1), length (2), bytes
///     1 to 5  tables     6  of each part: before, after (1, 1; which table, from 0), switch time (8)
///     7  day-ahead lists     8  terms     9  announced days
/// </code>
/// Version 1, of release 0.1.0, and 2, with announced days before the terms, had the same one after the other; both are
/// read too.
/// Which table holds is a function of the time, so a power loss in the middle of a switch changes nothing.
/// </summary>
public sealed class TariffStore
{
    private const int Version = 3;
    private const int FirstVersion = 1;
    private const int AnnouncedVersion = 2;
    private const int FirstTableTag = 1;
    private const int PartsTag = FirstTableTag + TablesMax;
    private const int DayAheadTag = PartsTag + 1;
    private const int TermsTag = DayAheadTag + 1;
    private const int AnnouncedTag = TermsTag + 1;
    private const int SectionsMax = AnnouncedTag;
    private const int PartCount = 4;
    private const int PartBytes = 10;

    // Four tables that held before, and the spare: more mixes than any utility makes.
    private const int TablesMax = PartCount + 1;

    private readonly ICheckpointStore _store;
    private readonly TariffSets _sets;
    private readonly MeterTerms _terms;
    private readonly byte[] _state;
    private readonly TariffTable[] _tables = new TariffTable[TablesMax];
    private readonly StateWriter _writer = new StateWriter();
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
        if (!_store.TryReadNewest(_state, out int length, out bool _) || length < StateWriter.HeadBytes)
        {
            return false;
        }

        _sets.Announced.Clear();
        if (_state[0] == FirstVersion || _state[0] == AnnouncedVersion)
        {
            return TryLoadOld(fallback, length);
        }

        StateReader reader = new StateReader();
        if (!reader.TryOpen(_state, length) || reader.Version < Version)
        {
            return false;
        }

        int tables = 0;
        while (tables < TablesMax && reader.TryFind(FirstTableTag + tables, 1, out int tableAt, out int bytes))
        {
            if (!TryLoadTable(tables, tableAt, bytes))
            {
                return false;
            }

            tables++;
        }

        if (!reader.TryFind(PartsTag, PartCount * PartBytes, out int at, out int count)
            || !TryRestoreParts(fallback, at, tables, out bool isGood))
        {
            return false;
        }

        if (_sets.DayAhead != null && reader.TryFind(DayAheadTag, 0, out at, out count))
        {
            isGood &= LoadDayAhead(at, at + count) >= 0;
        }

        if (reader.TryFind(AnnouncedTag, 0, out at, out count))
        {
            isGood &= _sets.Announced.Load(_state, at, at + count) >= 0;
        }

        return (!reader.TryFind(TermsTag, 0, out at, out count) || _terms.TryLoad(_state, at, at + count)) && isGood;
    }

    private bool TryLoadOld(TariffTable fallback, int length)
    {
        int tables = _state[1];
        if (tables > TablesMax)
        {
            return false;
        }

        int at = 2;
        for (int i = 0; i < tables; i++)
        {
            int bytes = at + 2 <= length ? LittleEndian.ReadUInt16(_state, at) : length;
            if (at + 2 + bytes > length || !TryLoadTable(i, at + 2, bytes))
            {
                return false;
            }

            at += 2 + bytes;
        }

        if (at + PartCount * PartBytes > length || !TryRestoreParts(fallback, at, tables, out bool isGood))
        {
            return false;
        }

        at += PartCount * PartBytes;
        at = _sets.DayAhead == null ? at : LoadDayAhead(at, length);
        if (_state[0] == AnnouncedVersion && at >= 0)
        {
            at = _sets.Announced.Load(_state, at, length);
        }

        return at >= 0 && _terms.TryLoad(_state, at, length) && isGood;
    }

    private bool TryLoadTable(int index, int at, int bytes)
    {
        byte[] table = new byte[bytes];
        System.Array.Copy(_state, at, table, 0, bytes);
        return TariffTable.TryLoad(table, bytes, out _tables[index], out string _);
    }

    // False, and nothing is restored: a part names a table that is not there.
    private bool TryRestoreParts(TariffTable fallback, int at, int tables, out bool isGood)
    {
        isGood = false;
        for (int part = 0; part < PartCount; part++)
        {
            if (_state[at + part * PartBytes] >= tables || _state[at + part * PartBytes + 1] >= tables)
            {
                return false;
            }
        }

        for (int part = 0; part < PartCount; part++, at += PartBytes)
        {
            _sets.RestorePart((TariffPart)part, _tables[_state[at]], _tables[_state[at + 1]],
                LittleEndian.ReadInt64(_state, at + 2));
        }

        isGood = _sets.TryFinishRestore(fallback, out string _);
        return true;
    }

    // The offset behind the lists; −1: damaged.
    private int LoadDayAhead(int at, int end)
    {
        _sets.DayAhead.Clear();
        return _sets.DayAhead.Load(_sets.After(TariffPart.Seasons), _state, at, end);
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

        int bytes = StateWriter.HeadBytes + SectionsMax * StateWriter.SectionHeadBytes + PartBytes * PartCount
            + MeterTerms.SavedBytes + (_sets.DayAhead == null ? 0 : _sets.DayAhead.SavedBytes)
            + (_sets.Announced.Count == 0 ? 0 : AnnouncedDays.SavedBytesMax);
        for (int i = 0; i < count; i++)
        {
            bytes += _tables[i].ByteCount;
        }

        if (bytes > StateBytesMax)
        {
            return false;
        }

        _writer.Begin(_state, Version);
        for (int i = 0; i < count; i++)
        {
            int tableAt = _writer.Open(FirstTableTag + i);
            _tables[i].CopyTo(_state, tableAt);
            _writer.Close(tableAt + _tables[i].ByteCount);
        }

        int at = _writer.Open(PartsTag);
        for (int part = 0; part < PartCount; part++, at += PartBytes)
        {
            _state[at] = (byte)IndexOf(Before(part), ref count);
            _state[at + 1] = (byte)IndexOf(After(part), ref count);
            LittleEndian.WriteInt64(_state, at + 2, _instead == null
                ? _sets.SwitchUtc((TariffPart)part) : TariffSets.Never);
        }

        _writer.Close(at);
        if (_sets.DayAhead != null)
        {
            _writer.Close(_sets.DayAhead.Save(_state, _writer.Open(DayAheadTag)));
        }

        _writer.Close(_terms.Save(_state, _writer.Open(TermsTag)));
        if (_sets.Announced.Count > 0)
        {
            _writer.Close(_sets.Announced.Save(_state, _writer.Open(AnnouncedTag)));
        }

        return _store.TryWrite(_state, _writer.Length);
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
