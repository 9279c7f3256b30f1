using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger;

/// <summary>
/// Checkpoints, in steps, so that no tick has to take a whole one:
/// <code>
///   slices 3 to 8 of a round   a part of the state each: registers, sessions and what belongs to them change in 0 to 2
///   slices 2 to 9, from then   a piece of its CRC each
///   then                       one append makes it durable
/// </code>
/// What is written is the state of one round. Whatever takes the room meanwhile ends it, and it is begun anew. What a
/// command has set, a new weld and a supply that fails are written whole, at once, in place of what was under way.
/// </summary>
public sealed partial class EvChargerProduct
{
    private const int CheckpointRetryMs = 10_000;
    private const int FirstSavingSlice = 3;

    // Parts of a state, one a slice.
    private const int PartCount = 6;
    private const int CarryBytes = 256;

    // A charger whose journal grows in every round saves all the same.
    private const int TriesMax = 3;

    // Values of _saving: parts that are written; from PartCount on, bytes that the CRC has been carried over.
    private const int NotSaving = -1;

    private readonly StateWriter _writer = new StateWriter();
    private int _saving = NotSaving;
    private int _savingTries;
    private bool _isWeldNew;

    // At once. False: it could not be stored.
    private bool Checkpoint(long nowMs)
    {
        _nextCheckpointMs = nowMs + _parts.CheckpointMs;
        byte[] state = _room.Take();
        for (int part = 0; part < PartCount; part++)
        {
            WritePart(state, part);
        }

        EndSaving(_parts.Checkpoints.TryWrite(state, _writer.Length), nowMs);
        return IsStoring;
    }

    // Behind all else of each slice from 2 on.
    private void StepSaving(int slice, long nowMs)
    {
        if (_saving == NotSaving)
        {
            if (slice == FirstSavingSlice && nowMs >= _nextCheckpointMs)
            {
                BeginSaving(nowMs);
            }
        }
        else if (_room.IsTaken)
        {
            _saving = NotSaving;
            _savingTries++;
            _nextCheckpointMs = nowMs;
        }
        else if (_saving < PartCount)
        {
            WritePart(_room.Bytes, _saving);
            _saving++;
        }
        else
        {
            CarrySaving(nowMs);
        }
    }

    private void BeginSaving(long nowMs)
    {
        if (_savingTries >= TriesMax)
        {
            Checkpoint(nowMs);
            return;
        }

        _nextCheckpointMs = nowMs + _parts.CheckpointMs;
        _room.IsTaken = false;
        WritePart(_room.Bytes, 0);
        _saving = 1;
    }

    private void CarrySaving(long nowMs)
    {
        byte[] state = _room.Bytes;
        int carried = _saving - PartCount;
        if (carried == 0 && !_parts.Checkpoints.TryBegin(state, _writer.Length))
        {
            EndSaving(false, nowMs);
        }
        else if (carried < _writer.Length)
        {
            _saving = PartCount + _parts.Checkpoints.Carry(state, carried, CarryBytes);
        }
        else
        {
            EndSaving(_parts.Checkpoints.TryFinish(state), nowMs);
        }
    }

    private void EndSaving(bool isStored, long nowMs)
    {
        _saving = NotSaving;
        _savingTries = 0;
        IsStoring = isStored;
        if (!isStored)
        {
            RecordsRefused++;
            _nextCheckpointMs = nowMs + CheckpointRetryMs;
        }
    }

    // Each section in one part but the meter's. The weld is first.
    private void WritePart(byte[] state, int part)
    {
        switch (part)
        {
            case 0: WriteRegisters(state); break;
            case 1: WriteMeter(state); break;
            case 2: WriteSessions(state); break;
            case 3: WriteCounts(state); break;
            case 4: WritePrices(state); break;
            default: WriteWishes(state); break;
        }
    }

    private void WriteRegisters(byte[] state)
    {
        _writer.Begin(state, StateVersion);
        int at = _writer.Open(HeadTag);
        state[at] = 0;
        LittleEndian.WriteInt32(state, at + 1, Controller.State.Has(ChargerFault.Welded) ? 1 : 0);
        _writer.Close(at + HeadBytes);
        at = _writer.Open(MeterTag);
        state[at] = (byte)_parts.Metering.RateCountMax;
        state[at + 1] = (byte)_parts.Metering.TierCountMax;
        Meter.Registers.Save(state, at + MeterHeadBytes);
    }

    // Behind its registers.
    private void WriteMeter(byte[] state) => _writer.Close(
        Meter.SaveRest(state, _writer.OpenAt + MeterHeadBytes + Meter.Registers.SavedBytes));

    private void WriteSessions(byte[] state)
    {
        _writer.Close(Sessions.Save(state, _writer.Open(SessionsTag)));
        if (Sessions.IsActive)
        {
            int at = _writer.Open(FeesTag);
            Sessions.SaveFees(state, at);
            _writer.Close(at + SessionManager.FeesBytes);
        }
    }

    private void WriteCounts(byte[] state)
    {
        _writer.Close(Health.Save(state, _writer.Open(HealthTag)));
        _writer.Close(Health.SaveLaterFaults(state, _writer.Open(FaultsTag)));
        _writer.Close(Sessions.SaveWaiting(state, _writer.Open(WaitingTag)));
        _writer.Close(Limits.Ceiling.Save(state, _writer.Open(LimitsTag)));
        int at = _writer.Open(NumberTag);
        LittleEndian.WriteInt64(state, at, _parts.Records.NextNumber);
        _writer.Close(at + NumberBytes);
        if (Ledger != null)
        {
            at = _writer.Open(LedgerTag);
            Ledger.Save(state, at);
            _writer.Close(at + SessionLedger.SavedBytes);
        }
    }

    private void WritePrices(byte[] state)
    {
        TariffSets sets = Meter.Tariffs;
        if (sets.DayAhead.HasAny || sets.Announced.Count > 0)
        {
            int at = sets.DayAhead.Save(state, _writer.Open(PricesTag));
            _writer.Close(sets.Announced.Save(state, at));
        }

        SaveGrid(state);
    }

    private void WriteWishes(byte[] state)
    {
        int at;
        if (Limits.Surplus != null)
        {
            at = _writer.Open(SurplusTag);
            LittleEndian.WriteInt32(state, at, Limits.Surplus.Mode);
            LittleEndian.WriteInt32(state, at + 4, Limits.Surplus.ImportWatts);
            LittleEndian.WriteInt32(state, at + 8, Limits.Surplus.ExportWatts);
            LittleEndian.WriteInt32(state, at + 12, Limits.Surplus.LackSeconds);
            _writer.Close(at + SurplusBytes);
        }

        if (Plan != null)
        {
            int wishes = Sessions.IsActive ? (Plan.WantsNow ? WantsNowBit : 0) | (Plan.SkipsPlan ? SkipsPlanBit : 0)
                : _keptWishes;
            int permille = !Sessions.IsActive || Limits.Discharge == null
                ? _keptPermille : Limits.Discharge.TargetPermille;
            at = _writer.Open(WishesTag);
            LittleEndian.WriteInt32(state, at, wishes);
            LittleEndian.WriteInt32(state, at + 4, permille);
            _writer.Close(at + WishesBytes);
            at = _writer.Open(VehiclesTag);
            Plan.Vehicles.Save(state, at);
            _writer.Close(at + VehicleMemory.SavedBytes);
        }
    }
}
