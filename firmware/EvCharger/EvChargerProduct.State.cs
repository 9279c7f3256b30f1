using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger;

/// <summary>
/// What the charger keeps over a loss of supply, in sections that an older or newer firmware can tell apart:
/// <code>
///   version (4) | sections: tag (1), length (2), bytes
///    20  0 (1), weld (4): first, where every release looks for a weld
///     4  registers: rates (1), tiers (1), Meter.Save     21  sessions     22  health     23  ledger of both ways
///     1  sessions that wait     2  the driver's wishes     3  vehicles      5  failures by later faults
///     6  surplus: mode, import W, export W, lack s (4 each)     7  each role's ceiling     8  the log's next number
///     9  day-ahead lists and announced days     10  fees of the running session     11  grid profile by command
/// </code>
/// A section that is unknown is passed over; one that is missing leaves what it holds as new. Version 2, of release
/// 0.1.0, is read too.
/// </summary>
public sealed partial class EvChargerProduct
{
    private const int StateVersion = 3;

    // Where version 2 has the weld, and version 3 as well.
    private const int WeldAt = 8;

    // Tags are the numbers of StateDamaged, too.
    private const int WaitingTag = 1;
    private const int WishesTag = 2;
    private const int VehiclesTag = 3;
    private const int MeterTag = 4;
    private const int FaultsTag = 5;
    private const int SurplusTag = 6;
    private const int LimitsTag = 7;
    private const int NumberTag = 8;
    private const int PricesTag = 9;
    private const int FeesTag = 10;
    private const int GridTag = 11;
    private const int HeadTag = 20;
    private const int SessionsTag = 21;
    private const int HealthTag = 22;
    private const int LedgerTag = 23;
    private const int SectionCount = 15;

    // Today's and tomorrow's lists.
    private const int DayAheadDays = 2;
    private const int HeadBytes = 5;
    private const int MeterHeadBytes = 2;
    private const int WishesBytes = 8;
    private const int NumberBytes = 8;
    private const int SurplusBytes = 16;

    // Bit of each section that could not be read, until an event has said so.
    private int _damagedParts;

    // Most that a state takes.
    private int StateBytesMax(EvChargerParts parts) =>
        StateWriter.HeadBytes + SectionCount * StateWriter.SectionHeadBytes
        + HeadBytes + MeterHeadBytes + Meter.SavedBytes + Sessions.SavedBytes + ChargerHealth.SavedBytes
        + DayAheadPrices.SavedBytesMax(DayAheadDays, false) + AnnouncedDays.SavedBytesMax
        + SessionManager.FeesBytes + ChargerHealth.LaterFaultBytes
        + SessionManager.WaitingBytesMax + SafetyLimit.SavedBytes + NumberBytes
        + (Ledger == null ? 0 : SessionLedger.SavedBytes + ChargerLimits.GridProfileBytesMax)
        + (parts.Hardware.GridMeter == null ? 0 : SurplusBytes)
        + (parts.Plan == null ? 0 : WishesBytes + VehicleMemory.SavedBytes);

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

    /// <summary>The log's next number when the newest checkpoint was written: no number below it is given out again,
    /// whatever the log itself has lost. 1: none is known.</summary>
    public static long NextNumberOf(ICheckpointStore checkpoints, byte[] buffer)
    {
        byte[] state = ReadNewest(checkpoints, buffer, out int length);
        long number = 1;
        if (IsSecond(state, length))
        {
            number = NextNumberOfSecond(state, length);
        }
        else
        {
            StateReader reader = new StateReader();
            if (reader.TryOpen(state, length) && reader.TryFind(NumberTag, NumberBytes, out int at, out int _))
            {
                number = LittleEndian.ReadInt64(state, at);
            }
        }

        return number < 1 || number > uint.MaxValue ? 1 : number;
    }

    // The newest state, in an array of its own when a firmware that keeps more wrote it; length 0: there is none.
    private static byte[] ReadNewest(ICheckpointStore checkpoints, byte[] buffer, out int length)
    {
        byte[] state = buffer;
        bool isThere = checkpoints.TryReadNewest(state, out length, out bool _);
        if (!isThere && length > state.Length)
        {
            state = new byte[length];
            isThere = checkpoints.TryReadNewest(state, out length, out bool _);
        }

        length = isThere ? length : 0;
        return state;
    }

    private void LoadState()
    {
        byte[] state = ReadNewest(_parts.Checkpoints, _room.Take(), out int length);
        if (length >= WeldAt + 4 && LittleEndian.ReadInt32(state, WeldAt) != 0)
        {
            // A weld survives a restart, also one after which the rest fits no more: only a person ends it.
            Controller.RestoreWeld();
        }

        StateReader reader = new StateReader();
        if (IsSecond(state, length))
        {
            long next = NextNumberOfSecond(state, length);
            LoadSecond(state, length);
            NoteToldSessions(next);
        }
        else if (reader.TryOpen(state, length) && reader.Version >= StateVersion)
        {
            long next = reader.TryFind(NumberTag, NumberBytes, out int at, out int _)
                ? LittleEndian.ReadInt64(state, at) : 0;
            LoadSections(state, reader);
            NoteToldSessions(next);
        }

        _isAfterPowerLoss = Sessions.IsActive || Sessions.IsToGoOn;
    }

    // Records behind the checkpoint: a cut between a session's record and the checkpoint leaves the session open in
    // the state. Reads into the room of the state, which is loaded by now.
    private void NoteToldSessions(long fromNumber)
    {
        SessionRecord told = null;
        byte[] record = _room.Take();
        for (long number = fromNumber; number > 0 && _parts.Records.TryFind(number, out number); number++)
        {
            if (!_parts.Records.TryRead(number, record, out int count, out int kind))
            {
                continue;
            }

            if (kind == RecordKind.Event && _event.TryRead(record, 0, count)
                && _event.Code == ChargerEventCode.SessionStarted)
            {
                Sessions.NoteAnnounced(_event.Values[0]);
            }

            told = told ?? new SessionRecord();
            if (kind == RecordKind.Session && told.TryRead(record, 0, count))
            {
                Sessions.NoteTold(told.Number, (told.Flags & RecordFlags.PowerLoss) != 0);
            }
        }
    }

    private void LoadSections(byte[] state, StateReader reader)
    {
        bool isSame = LoadMeter(state, reader);
        if (reader.TryFind(SessionsTag, 0, out int at, out int count))
        {
            if (isSame && count >= Sessions.SavedBytes)
            {
                Sessions.Load(state, at);
            }
            else
            {
                // A bill of other rates: what ran is lost, its number is not given out again.
                _damagedParts |= 1 << SessionsTag;
                Sessions.KeepNumber(state, at, count);
            }
        }

        if (reader.TryFind(HealthTag, ChargerHealth.SavedBytes, out at, out count))
        {
            Health.Load(state, at);
        }

        LoadLedger(state, reader);
        if (reader.TryFind(SurplusTag, SurplusBytes, out at, out count) && Limits.Surplus != null
            && !Limits.Surplus.TrySet(LittleEndian.ReadInt32(state, at), LittleEndian.ReadInt32(state, at + 4),
                LittleEndian.ReadInt32(state, at + 8), LittleEndian.ReadInt32(state, at + 12)))
        {
            _damagedParts |= 1 << SurplusTag;
        }

        TryLoadPart(WaitingTag, state, reader);
        TryLoadPart(FaultsTag, state, reader);
        TryLoadPart(PricesTag, state, reader);
        TryLoadPart(FeesTag, state, reader);
        TryLoadPart(LimitsTag, state, reader);
        TryLoadPart(WishesTag, state, reader);
        TryLoadPart(VehiclesTag, state, reader);
        TryLoadPart(GridTag, state, reader);
    }

    // True: of as many rates and tiers as this charger keeps.
    private bool LoadMeter(byte[] state, StateReader reader)
    {
        if (!reader.TryFind(MeterTag, MeterHeadBytes, out int at, out int count))
        {
            return false;
        }

        int rates = state[at];
        int tiers = state[at + 1];

        // Registers that cannot be read leave the sessions' numbers, and one that ran is closed all the same.
        bool isRead = count >= MeterHeadBytes + Meter.SavedBytesOf(rates, tiers)
            && Meter.TryLoad(state, at + MeterHeadBytes, rates, tiers);
        _damagedParts |= isRead ? 0 : 1 << MeterTag;
        return rates == _parts.Metering.RateCountMax && tiers == _parts.Metering.TierCountMax;
    }

    private void LoadLedger(byte[] state, StateReader reader)
    {
        if (Ledger == null)
        {
            return;
        }

        bool isThere = reader.TryFind(LedgerTag, SessionLedger.SavedBytes, out int at, out int _);
        if (!isThere || !Ledger.TryLoad(state, at))
        {
            Ledger.Begin(Meter.Registers);
            if (isThere)
            {
                Sessions.Doubt();
            }
        }
    }

    private void TryLoadPart(int tag, byte[] state, StateReader reader)
    {
        if (reader.TryFind(tag, 0, out int at, out int count) && !TryLoadPart(tag, state, at, at + count))
        {
            _damagedParts |= 1 << tag;
        }
    }

    // Of both versions.
    private bool TryLoadPart(int tag, byte[] state, int at, int end)
    {
        switch (tag)
        {
            case WaitingTag:
                return Sessions.TryLoadWaiting(state, at, end);
            case FaultsTag:
                Health.LoadLaterFaults(state, at, end);
                return true;
            case PricesTag:
                return TryLoadPrices(state, at, end);
            case FeesTag:
                return end - at >= SessionManager.FeesBytes && (!Sessions.IsActive || Sessions.TryLoadFees(state, at));
            case LimitsTag:
                return Limits.Ceiling.TryLoad(state, at, end);
            case WishesTag when end - at >= WishesBytes:
                _keptWishes = LittleEndian.ReadInt32(state, at) & (WantsNowBit | SkipsPlanBit);
                _keptPermille = LittleEndian.ReadInt32(state, at + 4);
                return true;
            case GridTag:
                return TryLoadGrid(state, at, end - at);
            case VehiclesTag when Plan != null:
                return end - at >= VehicleMemory.SavedBytes && Plan.Vehicles.TryLoad(state, at);
            default:
                return tag != WishesTag;
        }
    }

    // Back to what a restart would find.
    private void ReloadPrices()
    {
        Meter.Tariffs.DayAhead.Clear();
        Meter.Tariffs.Announced.Clear();
        byte[] state = ReadNewest(_parts.Checkpoints, _room.Take(), out int length);
        StateReader reader = new StateReader();
        if (reader.TryOpen(state, length) && reader.Version >= StateVersion)
        {
            TryLoadPart(PricesTag, state, reader);
        }
    }

    private bool TryLoadPrices(byte[] state, int at, int end)
    {
        at = Meter.Tariffs.DayAhead.Load(Meter.Tariffs.After(TariffPart.Seasons), state, at, end);
        return at >= 0 && Meter.Tariffs.Announced.Load(state, at, end) >= 0;
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
