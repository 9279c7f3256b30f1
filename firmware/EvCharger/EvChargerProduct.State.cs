using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger;

/// <summary>
/// What the charger keeps over a loss of supply, as one state that is written whole:
/// <code>
///   version, rates, weld, ceiling (4 each) | meter | sessions | health | mark, offset of the mark, surplus's three (4 each) | ledger
/// </code>
/// What came later stands behind the mark, so that an older state is read as far as it goes, and a longer one, too.
/// </summary>
public sealed partial class EvChargerProduct
{
    private const int StateVersion = 2;
    private const int StateHeadBytes = 16;
    private const int ExtensionMark = 0x4D46_4501;
    private const int ExtensionBytes = 20;
    private const int CheckpointRetryMs = 10_000;

    /// <summary>The tariff that was loaded by command, or the board's.</summary>
    private static TariffTable KeptTariff(EvChargerParts parts)
    {
        byte[] bytes = new byte[ChargerLimits.TariffBytesMax];
        if (parts.TariffStore == null || !parts.TariffStore.TryReadNewest(bytes, out int length, out bool _)
            || !TariffTable.TryLoad(bytes, length, out TariffTable tariff, out string _))
        {
            return parts.Tariff;
        }

        return tariff.RateCount <= ChargerLimits.RateCount && tariff.TierCount <= 1 ? tariff : parts.Tariff;
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
        if (!_parts.Checkpoints.TryWrite(_state, at))
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
        if (Ledger == null)
        {
            return at;
        }

        Ledger.Save(_state, at);
        return at + Ledger.SavedBytes;
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
            Limits.Ceiling.TrySet(LittleEndian.ReadInt32(_state, 12));
        }

        // The same layout up to the mark, or a state from before there was one.
        int end = StateHeadBytes + Meter.SavedBytes + Sessions.SavedBytes + ChargerHealth.SavedBytes;
        bool hasMark = length >= end + 8 && LittleEndian.ReadInt32(_state, end) == ExtensionMark
            && LittleEndian.ReadInt32(_state, end + 4) == end;
        bool fits = isOurs && (hasMark || length == end) && LittleEndian.ReadInt32(_state, 4) == Meter.Registers.RateCount;
        if (!fits)
        {
            return;
        }

        if (hasMark && length >= end + ExtensionBytes && Limits.Surplus != null)
        {
            Limits.Surplus.TrySet(LittleEndian.ReadInt32(_state, end + 8), LittleEndian.ReadInt32(_state, end + 12),
                LittleEndian.ReadInt32(_state, end + 16));
        }

        if (!Meter.TryLoad(_state, StateHeadBytes))
        {
            return;
        }

        int at = StateHeadBytes + Meter.SavedBytes;
        _isAfterPowerLoss = Sessions.TryLoad(_state, at) && Sessions.IsActive;
        Health.Load(_state, at + Sessions.SavedBytes);
        int ledgerAt = end + ExtensionBytes;
        if (Ledger != null && !(hasMark && length >= ledgerAt + Ledger.SavedBytes && Ledger.TryLoad(_state, ledgerAt)))
        {
            Ledger.Begin(Meter.Registers);
        }
    }
}
