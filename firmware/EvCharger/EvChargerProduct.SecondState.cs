using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger.Sessions;

namespace MeterFirmware.EvCharger;

/// <summary>
/// Version 2 of the state, of release 0.1.0 and the firmware after it; it is read only:
/// <code>
///   version, rates, weld, ceiling (4 each) | meter | sessions | health
///   | mark, offset of the mark, surplus's three (4 each) | ledger | parts: kind's mark (4), length (4), content
/// </code>
/// What came later stands behind the mark: an older state is read as far as it goes. Parts have the sections' numbers.
/// </summary>
public sealed partial class EvChargerProduct
{
    private const int SecondVersion = 2;
    private const int SecondHeadBytes = 16;
    private const int ExtensionMark = 0x4D46_4501;
    private const int ExtensionBytes = 20;
    private const int PartMark = 0x4D46_5000;
    private const int PartKindMask = 0xFF;
    private const int PartHeadBytes = 8;
    private const int PartSurplusBytes = 4;

    private static bool IsSecond(byte[] state, int length) =>
        length >= SecondHeadBytes && LittleEndian.ReadInt32(state, 0) == SecondVersion;

    // Its part is always the last.
    private static long NextNumberOfSecond(byte[] state, int length)
    {
        int at = length - PartHeadBytes - NumberBytes;
        bool isThere = at >= SecondHeadBytes && LittleEndian.ReadInt32(state, at) == (PartMark | NumberTag)
            && LittleEndian.ReadInt32(state, at + 4) == NumberBytes;
        return isThere ? LittleEndian.ReadInt64(state, at + PartHeadBytes) : 1;
    }

    private void LoadSecond(byte[] state, int length)
    {
        // Out of range when the station was commissioned lower since: then that is what holds.
        // It is the least of all roles: where no part says whose, nobody but the utility lifts it.
        Limits.Ceiling.TrySet(CommandRole.Utility, LittleEndian.ReadInt32(state, 12));

        // The same layout up to the mark, or a state from before there was one.
        int end = SecondHeadBytes + Meter.SavedBytes + Sessions.SavedBytes + ChargerHealth.SavedBytes;
        bool hasMark = length >= end + 8 && LittleEndian.ReadInt32(state, end) == ExtensionMark
            && LittleEndian.ReadInt32(state, end + 4) == end;
        if ((!hasMark && length != end) || LittleEndian.ReadInt32(state, 4) != Meter.Registers.RateCount)
        {
            return;
        }

        if (hasMark && length >= end + ExtensionBytes && Limits.Surplus != null)
        {
            Limits.Surplus.TrySet(LittleEndian.ReadInt32(state, end + 8), LittleEndian.ReadInt32(state, end + 12),
                LittleEndian.ReadInt32(state, end + 16), SurplusCharging.LackSecondsDefault);
        }

        // Registers that cannot be read leave the sessions' numbers, and one that ran is closed all the same.
        bool isMeterRead = Meter.TryLoad(state, SecondHeadBytes);
        _damagedParts |= isMeterRead ? 0 : 1 << MeterTag;
        int at = SecondHeadBytes + Meter.SavedBytes;
        Sessions.Load(state, at);
        Health.Load(state, at + Sessions.SavedBytes);
        int partsAt = LoadSecondLedger(state, end + ExtensionBytes, hasMark ? length : 0);
        LoadSecondParts(state, partsAt, hasMark ? length : 0);
    }

    // Returns where the parts begin: a charger that learnt to discharge, or forgot it, finds them as well.
    private int LoadSecondLedger(byte[] state, int at, int end)
    {
        if (Ledger == null)
        {
            int behind = at + SessionLedger.SavedBytes;
            return IsPart(state, at, end) || !IsPart(state, behind, end) ? at : behind;
        }

        if (IsPart(state, at, end) || end < at + SessionLedger.SavedBytes)
        {
            Ledger.Begin(Meter.Registers);
            return at;
        }

        if (!Ledger.TryLoad(state, at))
        {
            Ledger.Begin(Meter.Registers);
            Sessions.Doubt();
        }

        return at + SessionLedger.SavedBytes;
    }

    private static bool IsPart(byte[] state, int at, int end) => at + PartHeadBytes <= end
        && (LittleEndian.ReadInt32(state, at) & ~PartKindMask) == PartMark
        && LittleEndian.ReadInt32(state, at + 4) >= 0;

    private void LoadSecondParts(byte[] state, int at, int end)
    {
        while (IsPart(state, at, end))
        {
            int kind = LittleEndian.ReadInt32(state, at) & PartKindMask;
            int bytes = LittleEndian.ReadInt32(state, at + 4);
            at += PartHeadBytes;
            bool isWhole = bytes <= end - at;
            if (!isWhole || !TryLoadSecondPart(kind, state, at, at + bytes))
            {
                _damagedParts |= 1 << (kind & 31);
            }

            if (!isWhole)
            {
                return;
            }

            at += bytes;
        }
    }

    private bool TryLoadSecondPart(int kind, byte[] state, int at, int end)
    {
        if (kind != SurplusTag || Limits.Surplus == null)
        {
            return TryLoadPart(kind, state, at, end);
        }

        SurplusCharging surplus = Limits.Surplus;
        return end - at >= PartSurplusBytes && surplus.TrySet(
            surplus.Mode, surplus.ImportWatts, surplus.ExportWatts, LittleEndian.ReadInt32(state, at));
    }
}
