using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger;

/// <summary>
/// What the charger keeps over a loss of supply, as one state that is written whole:
/// <code>
///   version, rates, weld, ceiling (4 each) | meter | sessions | health | mark, offset of the mark, surplus's three (4 each) | ledger
///   | parts: kind's mark (4), length (4), content
/// </code>
/// What came later stands behind the mark, so that an older state is read as far as it goes, and a longer one, too. Up
/// to the ledger it is release 0.1.0's; what is new becomes a part, and a part that is not known is passed over.
/// </summary>
public sealed partial class EvChargerProduct
{
    private const int StateVersion = 2;
    private const int StateHeadBytes = 16;
    private const int ExtensionMark = 0x4D46_4501;
    private const int ExtensionBytes = 20;
    private const int CheckpointRetryMs = 10_000;

    // Parts: the kind is the lowest byte of the mark. Their numbers are those of StateDamaged, too.
    private const int PartMark = 0x4D46_5000;
    private const int PartKindMask = 0xFF;
    private const int PartHeadBytes = 8;
    private const int WaitingPart = 1;
    private const int WishesPart = 2;
    private const int VehiclesPart = 3;
    private const int MeterPart = 4;
    private const int FaultsPart = 5;
    private const int SurplusPart = 6;
    private const int LimitsPart = 7;
    private const int NumberPart = 8;
    private const int PricesPart = 9;

    // Today's and tomorrow's lists.
    private const int DayAheadDays = 2;
    private const int WishesBytes = 8;
    private const int NumberBytes = 8;
    private const int SurplusBytes = 4;

    // Most that the parts take.
    private static int PartsBytes(EvChargerParts parts) => PartHeadBytes + SessionManager.WaitingBytesMax
        + PartHeadBytes + ChargerHealth.LaterFaultBytes + PartHeadBytes + SafetyLimit.SavedBytes
        + PartHeadBytes + NumberBytes
        + PartHeadBytes + DayAheadPrices.SavedBytesMax(DayAheadDays, false) + AnnouncedDays.SavedBytesMax
        + (parts.Hardware.GridMeter == null ? 0 : PartHeadBytes + SurplusBytes)
        + (parts.Plan == null ? 0 : 2 * PartHeadBytes + WishesBytes + VehicleMemory.SavedBytes);

    // Bit of each part that could not be read, until an event has said so.
    private int _damagedParts;

    /// <summary>The tariff that was loaded by command, or the board's.</summary>
    private static TariffTable KeptTariff(EvChargerParts parts)
    {
        byte[] bytes = new byte[ChargerLimits.TariffBytesMax];
        if (parts.TariffStore == null || !parts.TariffStore.TryReadNewest(bytes, out int length, out bool _)
            || !TariffTable.TryLoad(bytes, length, out TariffTable tariff, out string _))
        {
            return parts.Tariff;
        }

        return tariff.RateCount <= ChargerLimits.RateCount && tariff.TierCount <= 1
            && (tariff.Discharge == null || tariff.Discharge.PriceCount <= ChargerLimits.RateCount)
            ? tariff : parts.Tariff;
    }

    private bool Checkpoint(long nowMs)
    {
        _nextCheckpointMs = nowMs + _parts.CheckpointMs;
        LittleEndian.WriteInt32(_state, 0, StateVersion);
        LittleEndian.WriteInt32(_state, 4, Meter.Registers.RateCount);
        LittleEndian.WriteInt32(_state, 8, Controller.State.Has(ChargerFault.Welded) ? 1 : 0);
        LittleEndian.WriteInt32(_state, 12, Limits.Ceiling.Value);
        int at = Meter.Save(_state, StateHeadBytes);
        at = Sessions.Save(_state, at);
        at = Health.Save(_state, at);
        at = SaveExtension(at);
        IsStoring = _parts.Checkpoints.TryWrite(_state, at);
        if (!IsStoring)
        {
            RecordsRefused++;
            _nextCheckpointMs = nowMs + CheckpointRetryMs;
            return false;
        }

        return true;
    }

    private int SaveExtension(int at)
    {
        SurplusCharging surplus = Limits.Surplus;
        LittleEndian.WriteInt32(_state, at, ExtensionMark);
        LittleEndian.WriteInt32(_state, at + 4, at);
        LittleEndian.WriteInt32(_state, at + 8, surplus == null ? SurplusCharging.Off : surplus.Mode);
        LittleEndian.WriteInt32(_state, at + 12, surplus == null ? 0 : surplus.ImportWatts);
        LittleEndian.WriteInt32(_state, at + 16, surplus == null ? 0 : surplus.ExportWatts);
        at += ExtensionBytes;
        if (Ledger != null)
        {
            Ledger.Save(_state, at);
            at += SessionLedger.SavedBytes;
        }

        return SaveParts(at);
    }

    private int SaveParts(int at)
    {
        at = EndPart(WaitingPart, at, Sessions.SaveWaiting(_state, at + PartHeadBytes));
        at = EndPart(LimitsPart, at, Limits.Ceiling.Save(_state, at + PartHeadBytes));
        if (ChargerHealth.LaterFaultBytes > 0)
        {
            at = EndPart(FaultsPart, at, Health.SaveLaterFaults(_state, at + PartHeadBytes));
        }

        if (Limits.Surplus != null)
        {
            LittleEndian.WriteInt32(_state, at + PartHeadBytes, Limits.Surplus.LackSeconds);
            at = EndPart(SurplusPart, at, at + PartHeadBytes + SurplusBytes);
        }

        if (Plan != null)
        {
            at = SavePlan(at);
        }

        at = SavePrices(at);

        // Always last, so that it is found before anything of the charger is made.
        LittleEndian.WriteInt64(_state, at + PartHeadBytes, _parts.Records.NextNumber);
        return EndPart(NumberPart, at, at + PartHeadBytes + NumberBytes);
    }

    /// <summary>The log's next number when the newest checkpoint was written: no number below it is given out again,
    /// whatever the log itself has lost. 1: none is known.</summary>
    public static long NextNumberOf(ICheckpointStore checkpoints, byte[] buffer)
    {
        bool isRead = checkpoints.TryReadNewest(buffer, out int length, out bool _);
        int at = isRead ? length - PartHeadBytes - NumberBytes : -1;
        bool isThere = at >= StateHeadBytes && LittleEndian.ReadInt32(buffer, at) == (PartMark | NumberPart)
            && LittleEndian.ReadInt32(buffer, at + 4) == NumberBytes;
        long number = isThere ? LittleEndian.ReadInt64(buffer, at + PartHeadBytes) : 1;
        return number < 1 || number > uint.MaxValue ? 1 : number;
    }

    private int SavePrices(int at)
    {
        TariffSets sets = Meter.Tariffs;
        if (!sets.DayAhead.HasAny && sets.Announced.Count == 0)
        {
            return at;
        }

        int end = sets.DayAhead.Save(_state, at + PartHeadBytes);
        return EndPart(PricesPart, at, sets.Announced.Save(_state, end));
    }

    private bool TryLoadPrices(int at, int end)
    {
        at = Meter.Tariffs.DayAhead.Load(Meter.Tariffs.After(TariffPart.Seasons), _state, at, end);
        return at >= 0 && Meter.Tariffs.Announced.Load(_state, at, end) >= 0;
    }

    private int SavePlan(int at)
    {
        int wishes = Sessions.IsActive ? (Plan.WantsNow ? WantsNowBit : 0) | (Plan.SkipsPlan ? SkipsPlanBit : 0)
            : _keptWishes;
        int permille = !Sessions.IsActive || Limits.Discharge == null ? _keptPermille : Limits.Discharge.TargetPermille;
        LittleEndian.WriteInt32(_state, at + PartHeadBytes, wishes);
        LittleEndian.WriteInt32(_state, at + PartHeadBytes + 4, permille);
        at = EndPart(WishesPart, at, at + PartHeadBytes + WishesBytes);
        Plan.Vehicles.Save(_state, at + PartHeadBytes);
        return EndPart(VehiclesPart, at, at + PartHeadBytes + VehicleMemory.SavedBytes);
    }

    private int EndPart(int kind, int at, int end)
    {
        LittleEndian.WriteInt32(_state, at, PartMark | kind);
        LittleEndian.WriteInt32(_state, at + 4, end - at - PartHeadBytes);
        return end;
    }

    private void LoadState()
    {
        // A longer state is another version's: its beginning is there all the same.
        bool isWhole = _parts.Checkpoints.TryReadNewest(_state, out int length, out bool _);
        bool isRead = length >= StateHeadBytes && (isWhole || length > _state.Length);
        length = length < _state.Length ? length : _state.Length;
        if (isRead && LittleEndian.ReadInt32(_state, 8) != 0)
        {
            // A weld survives a restart, also one after which the rest fits no more: only a person ends it.
            Controller.RestoreWeld();
        }

        bool isOurs = isRead && LittleEndian.ReadInt32(_state, 0) == StateVersion;
        if (isOurs)
        {
            // Out of range when the station was commissioned lower since: then that is what holds.
            // It is the least of all roles: where no part says whose, nobody but the utility lifts it.
            Limits.Ceiling.TrySet(CommandRole.Utility, LittleEndian.ReadInt32(_state, 12));
        }

        // The same layout up to the mark, or a state from before there was one.
        int end = StateHeadBytes + Meter.SavedBytes + Sessions.SavedBytes + ChargerHealth.SavedBytes;
        bool hasMark = length >= end + 8 && LittleEndian.ReadInt32(_state, end) == ExtensionMark
            && LittleEndian.ReadInt32(_state, end + 4) == end;
        bool fits = isOurs && (hasMark || length == end)
            && LittleEndian.ReadInt32(_state, 4) == Meter.Registers.RateCount;
        if (!fits)
        {
            return;
        }

        if (hasMark && length >= end + ExtensionBytes && Limits.Surplus != null)
        {
            Limits.Surplus.TrySet(LittleEndian.ReadInt32(_state, end + 8), LittleEndian.ReadInt32(_state, end + 12),
                LittleEndian.ReadInt32(_state, end + 16), SurplusCharging.LackSecondsDefault);
        }

        // Registers that cannot be read leave the sessions' numbers, and one that ran is closed all the same.
        bool isMeterRead = Meter.TryLoad(_state, StateHeadBytes);
        _damagedParts |= isMeterRead ? 0 : 1 << MeterPart;
        int at = StateHeadBytes + Meter.SavedBytes;
        Sessions.Load(_state, at);
        _isAfterPowerLoss = Sessions.IsActive;
        Health.Load(_state, at + Sessions.SavedBytes);
        int partsAt = LoadLedger(end + ExtensionBytes, hasMark ? length : 0);
        LoadParts(partsAt, hasMark ? length : 0);
    }

    // Returns where the parts begin: a charger that learnt to discharge, or forgot it, finds them as well.
    private int LoadLedger(int at, int end)
    {
        if (Ledger == null)
        {
            int behind = at + SessionLedger.SavedBytes;
            return IsPart(at, end) || !IsPart(behind, end) ? at : behind;
        }

        if (IsPart(at, end) || end < at + SessionLedger.SavedBytes)
        {
            Ledger.Begin(Meter.Registers);
            return at;
        }

        if (!Ledger.TryLoad(_state, at))
        {
            Ledger.Begin(Meter.Registers);
            Sessions.Doubt();
        }

        return at + SessionLedger.SavedBytes;
    }

    private bool IsPart(int at, int end) => at + PartHeadBytes <= end
        && (LittleEndian.ReadInt32(_state, at) & ~PartKindMask) == PartMark
        && LittleEndian.ReadInt32(_state, at + 4) >= 0;

    private void LoadParts(int at, int end)
    {
        while (IsPart(at, end))
        {
            int kind = LittleEndian.ReadInt32(_state, at) & PartKindMask;
            int bytes = LittleEndian.ReadInt32(_state, at + 4);
            at += PartHeadBytes;
            if (bytes > end - at || !TryLoadPart(kind, at, at + bytes))
            {
                _damagedParts |= 1 << (kind & 31);
            }

            if (bytes > end - at)
            {
                return;
            }

            at += bytes;
        }
    }

    private bool TryLoadPart(int kind, int at, int end)
    {
        switch (kind)
        {
            case WaitingPart:
                return Sessions.TryLoadWaiting(_state, at, end);
            case FaultsPart:
                Health.LoadLaterFaults(_state, at, end);
                return true;
            case PricesPart:
                return TryLoadPrices(at, end);
            case LimitsPart:
                return Limits.Ceiling.TryLoad(_state, at, end);
            case WishesPart when end - at >= WishesBytes:
                _keptWishes = LittleEndian.ReadInt32(_state, at) & (WantsNowBit | SkipsPlanBit);
                _keptPermille = LittleEndian.ReadInt32(_state, at + 4);
                return true;
            case SurplusPart when Limits.Surplus != null:
                SurplusCharging surplus = Limits.Surplus;
                return end - at >= SurplusBytes && surplus.TrySet(
                    surplus.Mode, surplus.ImportWatts, surplus.ExportWatts, LittleEndian.ReadInt32(_state, at));
            case VehiclesPart when Plan != null:
                return end - at >= VehicleMemory.SavedBytes && Plan.Vehicles.TryLoad(_state, at);
            default:
                return kind != WishesPart;
        }
    }

    private void TellDamage()
    {
        for (int part = 0; _damagedParts != 0; part++)
        {
            int bit = 1 << part;
            if ((_damagedParts & bit) != 0)
            {
                AppendEvent(ChargerEventCode.StateDamaged, part);
                _damagedParts &= ~bit;
            }
        }
    }
}
