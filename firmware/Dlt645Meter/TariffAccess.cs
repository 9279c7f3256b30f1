using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>
/// The two table sets under the protocol's numbers. The set that runs cannot be written; a write to the other one is
/// checked at once and makes a spare, which the product keeps without a time; writing a switch time gives it one. When
/// a part has switched, the second set runs, and the first is the one to be written.
/// </summary>
internal sealed class TariffAccess
{
    public const int PartCount = 4;

    private readonly ReadoutParts _parts;
    private readonly TariffSets _sets;
    private readonly ITariffKeeper _keeper;
    private readonly ReadoutState _state;
    private TariffTable _spare;

    public TariffAccess(ReadoutParts parts, ReadoutState state)
    {
        _parts = parts;
        _sets = parts.Product.Meter.Tariffs;
        _keeper = parts.TariffKeeper;
        _state = state;
    }

    /// <summary>Whether a set was written that does not run yet.</summary>
    public bool IsWritten => (_spare != null && _spare != InForce(0)) || IsKept(0);

    private long NowUtc => _parts.NowUtc;

    /// <summary>The table that gives a part now.</summary>
    public TariffTable InForce(int part) => _sets.InForce((TariffPart)part);

    /// <summary>Whether the second set runs.</summary>
    public bool IsSecondRunning(int part) => HasSwitched(part) != ((_state.SwappedParts >> part) & 1) > 0;

    /// <summary>A part of a set.</summary>
    public TariffTable Get(int part, bool isSecond) => isSecond == IsSecondRunning(part) ? InForce(part) : Spare(part);

    /// <summary>UTC second of a part's switch. False: it does not switch.</summary>
    public bool TrySwitchTime(int part, out long utcSeconds)
    {
        utcSeconds = _sets.SwitchUtc((TariffPart)part);
        return utcSeconds != TariffSets.Never;
    }

    /// <summary>Begins to change a set: error bits, 0 when it began. What the standard's tables cannot carry would be
    /// lost by it, and the tariff is not changed over the protocol.</summary>
    public int BeginDraft(int part, bool isSecond, out TariffDraft draft)
    {
        draft = null;
        if (_keeper == null || isSecond == IsSecondRunning(part))
        {
            return Dlt645Protocol.ErrorOther;
        }

        int error = StandardTables.WriteError(Spare(0), Spare(1), Spare(2), Spare(3));
        draft = error == 0 ? new TariffDraft(Spare(0), Spare(1), Spare(2), Spare(3)) : null;
        return error;
    }

    /// <summary>Takes a changed draft as the spare, and keeps it; while an earlier one waits for its switch time, which
    /// must not switch to half a table, it is kept with its own time. False: it is no tariff, or the store
    /// refused.</summary>
    public bool TryTake(TariffDraft draft)
    {
        if (!draft.TryBuild(out TariffTable table) || (!IsPending() && !TryKeepSpare(table)))
        {
            return false;
        }

        _spare = table;
        return true;
    }

    /// <summary>Sets when a part switches; Never: it does not. False: nothing was written that could switch, the time
    /// is past, the parts do not fit together on the way, or the store refused; then nothing has changed.</summary>
    public bool TrySwitchAt(int part, long utcSeconds)
    {
        if (_keeper == null || !_parts.Product.Meter.IsTimed)
        {
            return false;
        }

        long now = NowUtc;
        TariffTable spare = _spare;
        long[] times = new long[PartCount];
        long[] oldTimes = new long[PartCount];
        TariffTable[] before = new TariffTable[PartCount];
        TariffTable[] after = new TariffTable[PartCount];
        int swapped = 0;
        bool isPlanned = false;
        for (int i = 0; i < PartCount; i++)
        {
            oldTimes[i] = _sets.SwitchUtc((TariffPart)i);
            before[i] = _sets.Before((TariffPart)i);
            after[i] = _sets.After((TariffPart)i);
            bool isPending = oldTimes[i] != TariffSets.Never && oldTimes[i] > now;
            times[i] = i == part ? utcSeconds : isPending ? oldTimes[i] : TariffSets.Never;
            spare = spare == null && (isPending || IsKept(i)) ? after[i] : spare;
            swapped |= IsSecondRunning(i) ? 1 << i : 0;
            isPlanned = isPlanned || times[i] != TariffSets.Never;
        }

        if (spare != null && !isPlanned)
        {
            // The last switch was taken back.
            bool isKept = TryKeepSpare(spare);
            _spare = isKept ? spare : _spare;
            return isKept;
        }

        if (spare == null || !_sets.TryLoadSpare(spare, times[0], times[1], times[2], times[3], now, out string _))
        {
            return false;
        }

        int oldSwapped = _state.SwappedParts;
        _state.SwappedParts = swapped;
        if (_keeper.TryKeep())
        {
            _spare = spare;
            return true;
        }

        _state.SwappedParts = oldSwapped;
        PutBack(before, after, oldTimes);
        return false;
    }

    /// <summary>Takes a part's planned switch back; what was to come into force stays the spare, without a time. A
    /// switch that has happened cannot be taken back. False: that, the other parts do not fit together without it, or
    /// the store refused; then nothing has changed.</summary>
    public bool TryCancelSwitch(int part)
    {
        long at = _sets.SwitchUtc((TariffPart)part);
        return at == TariffSets.Never || (at > NowUtc && TrySwitchAt(part, TariffSets.Never));
    }

    /// <summary>Keeps a spare that has no switch time yet: it survives a loss of supply.</summary>
    private bool TryKeepSpare(TariffTable table)
    {
        long[] times = new long[PartCount];
        TariffTable[] before = new TariffTable[PartCount];
        TariffTable[] after = new TariffTable[PartCount];
        int swapped = 0;
        for (int i = 0; i < PartCount; i++)
        {
            times[i] = _sets.SwitchUtc((TariffPart)i);
            before[i] = _sets.Before((TariffPart)i);
            after[i] = _sets.After((TariffPart)i);
            swapped |= IsSecondRunning(i) ? 1 << i : 0;
        }

        for (int i = 0; i < PartCount; i++)
        {
            _sets.RestorePart((TariffPart)i, InForce(i), table, TariffSets.Never);
        }

        int oldSwapped = _state.SwappedParts;
        _state.SwappedParts = swapped;
        if (_keeper.TryKeep())
        {
            if (swapped == oldSwapped || _state.TrySave())
            {
                return true;
            }

            PutBack(before, after, times);
            _keeper.TryKeep();
            return false;
        }

        _state.SwappedParts = oldSwapped;
        PutBack(before, after, times);
        return false;
    }

    private void PutBack(TariffTable[] before, TariffTable[] after, long[] times)
    {
        for (int i = 0; i < PartCount; i++)
        {
            _sets.RestorePart((TariffPart)i, before[i], after[i], times[i]);
        }

        Invariant.Require(_sets.TryFinishRestore(before[0], out string _), "The sets stood like this before.");
        _sets.Seek(NowUtc);
    }

    private bool IsPending()
    {
        bool isPending = false;
        for (int i = 0; i < PartCount; i++)
        {
            long at = _sets.SwitchUtc((TariffPart)i);
            isPending |= at != TariffSets.Never && at > NowUtc;
        }

        return isPending;
    }

    /// <summary>A spare that was kept and has no switch time.</summary>
    private bool IsKept(int part) =>
        _sets.SwitchUtc((TariffPart)part) == TariffSets.Never && _sets.After((TariffPart)part) != InForce(part);

    private bool HasSwitched(int part)
    {
        long at = _sets.SwitchUtc((TariffPart)part);
        return at != TariffSets.Never && NowUtc >= at;
    }

    private TariffTable Spare(int part)
    {
        if (_spare != null && _spare != InForce(part))
        {
            return _spare;
        }

        return HasSwitched(part) ? _sets.Before((TariffPart)part) : _sets.After((TariffPart)part);
    }
}
