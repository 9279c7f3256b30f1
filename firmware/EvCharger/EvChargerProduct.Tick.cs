using MeterFirmware.Catalogue;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The loop in two rates. The safety part runs in every tick of 10 ms: permission, what is read, what protects,
/// contactor, offer, guard, and the energy of the reading. All else runs in slices, one a tick, ten a round of 100 ms:
/// <code>
///   measure, sessions, messages, others' limits, own limits, cards, happenings, status, weld, records and cards
/// </code>
/// Who decides comes before who acts on it: a command is read two ticks before the limits are decided. What ends a
/// permission or lowers a limit by command holds in the next tick. README.md states what each slice may cost.
/// </summary>
public sealed partial class EvChargerProduct
{
    /// <summary>Slices of a round, one a tick.</summary>
    public const int SliceCount = 10;

    private int _slice;
    private long _statusMs = -1;
    private bool _isTimed;
    private long _utcSeconds;
    private bool _wasSlow;
    private bool _hasEnded;

    /// <summary>The slice that <see cref="TickSlice"/> does next.</summary>
    public int NextSlice => _slice;

    /// <summary>One turn of the loop, every 10 ms.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void Tick(long nowMs)
    {
        TickSafety(nowMs);
        TickSlice(nowMs);
    }

    /// <summary>The first half of a turn of the loop: what has to be done every 10 ms.</summary>
    public void TickSafety(long nowMs)
    {
        _lastMs = nowMs;
        _monitor.Note(nowMs);
        ChargeInputs inputs = _inputs;
        inputs.IsAuthorized = _sessions.IsAuthorized && _phases.IsSettled && (_latch == null || _latch.IsLocked)
            && _monitor.Holds;
        inputs.LimitMilliamps = _limits.Milliamps;
        _loop.Tick(nowMs);
        if (_discharge != null)
        {
            TickDischarge(nowMs);
        }

        if (_loop.HasReading)
        {
            _tally.Add(_measurement, nowMs);
        }
    }

    private void TickDischarge(long nowMs)
    {
        bool isTimed = _parts.Clock.TryReadUtc(out long _, out int _);
        bool wasJudged = _discharge.IsJudgedByProfile;
        _discharge.FollowGrid(nowMs, _inputs.MeterReadable);
        _discharge.Check(nowMs, isTimed, Sessions.IsAuthorized);
        _discharge.Drive(Controller, _phases.PhaseCount);

        // For the next tick. The verdict is of a vehicle that gave back; it stands until the contactor is open, since a
        // tick without a reading cannot take it.
        int fault = wasJudged ? _discharge.Grid.Fault : Controller.State.IsClosed ? _inputs.MainsFault : 0;
        _inputs.MainsFault = fault;
        _inputs.IsMainsJudgedByProfile = fault != 0 || _discharge.IsJudgedByProfile;
    }

    /// <summary>What a slice of the round does, for boards that measure it.</summary>
    public static string NameOfSlice(int slice)
    {
        switch (slice)
        {
            case 0: return "measure";
            case 1: return "sessions";
            case 2: return "messages";
            case 3: return "others' limits";
            case 4: return "own limits";
            case 6: return "happenings";
            case 7: return "status";
            case 8: return "weld";
            case 9: return "records";
            default: return "cards";
        }
    }

    /// <summary>The second half of <see cref="Tick"/>: the next slice of all else.</summary>
    public void TickSlice(long nowMs)
    {
        int slice = _slice;
        _slice = slice + 1 == SliceCount ? 0 : slice + 1;
        switch (slice)
        {
            case 0: Measure(nowMs); break;
            case 1: TickSessions(nowMs); break;
            case 2: TickMessages(nowMs); break;
            case 3: Limits.Hear(nowMs, _isTimed, _utcSeconds, Sessions, _phases.PhaseCount); break;
            case 4: DecideLimits(nowMs); break;
            case 5: ReadCards(nowMs); break;
            case 6: TickHappenings(nowMs); break;
            case 7: TickStatus(nowMs); break;
            case 8: TickWeld(nowMs); break;
            default: TickRecords(nowMs); break;
        }

        // Behind what changes registers and sessions, and the commands.
        if (slice >= FirstSavingSlice - 1)
        {
            StepSaving(slice, nowMs);
        }
    }

    // Energy and what sessions are told are of one moment, so that no energy lies between two sessions.
    private void Measure(long nowMs)
    {
        _isTimed = _parts.Clock.TryReadUtc(out _utcSeconds, out int milliseconds);
        long utcMs = _utcSeconds * 1000 + milliseconds;
        Measurement reading = _tally.Take(_loop.HasReading ? _loop.Measurement : null);
        if (reading != null)
        {
            Meter.Accept(nowMs, _isTimed, utcMs, reading);
        }
        else
        {
            Meter.AcceptNothing(nowMs, _isTimed, utcMs);
            if ((Meter.Faults & MeterFault.SensorSilent) != 0)
            {
                _tally.Skip(nowMs);
            }
        }

        ChargeState state = Controller.State;
        SessionInputs session = _session;
        session.NowMs = nowMs;
        session.Plug = state.Plug;
        session.IsClosed = state.IsClosed;
        session.IsOffered = state.OfferMilliamps > 0;
        session.HasLatchedFault = state.NeedsPerson;
        session.IsTimed = _isTimed;
        session.UtcSeconds = _isTimed ? _utcSeconds : nowMs / 1000;
        session.OffsetSeconds = Meter.OffsetSeconds;
        session.Rate = Meter.Rate;
        session.HasListedPrice = _isTimed && Meter.Tariffs.HasDayAheadImport;
        session.ListedPrice = Meter.Tariffs.DayAheadImportPrice;
        session.IsAnnouncedDay = _isTimed && Meter.Tariffs.Cursor.IsAnnounced;
        session.WattHours = Meter.Registers.TotalWattHours(EnergyKind.Import);
        session.Microjoules = Meter.Registers.TotalRemainder(EnergyKind.Import);
        session.CurrentMilliamps = _loop.CurrentMilliampsMax;
    }

    private void TickSessions(long nowMs)
    {
        _session.IsOnline = Telemetry != null && Telemetry.State == LinkState.Online;
        if (!_isStarted)
        {
            _isStarted = true;
            TellStart(nowMs);
        }

        if (_isAfterPowerLoss)
        {
            _isAfterPowerLoss = false;
            CloseAfterPowerLoss(nowMs);
        }

        bool wasActive = Sessions.IsActive;
        _session.HasGivenBack = false;
        if (wasActive && Ledger != null)
        {
            Ledger.Settle(Meter.Registers, Meter.Tariffs);
            _session.HasGivenBack = Ledger.ExportWattHours > 0;
        }

        bool wasAwaited = Sessions.IsResumeAwaited;
        bool hasEnded = Sessions.Update(_session);
        if (wasAwaited && !Sessions.IsResumeAwaited)
        {
            // What lapsed must not be found in the state by a later start.
            KeepSoon();
        }

        TellDamage();
        if (hasEnded)
        {
            EndSession();
        }
        else if (Sessions.IsActive && !wasActive)
        {
            Limits.Wait();
            Ledger?.Begin(Meter.Registers);
            BeginPlan();
        }

        _hasEnded = hasEnded && !Sessions.WasEmpty;
    }

    // What sessions leave in the journal; the checkpoint behind it is begun in the next round.
    private void TickRecords(long nowMs)
    {
        ReadCards(nowMs);
        bool isNew = Sessions.TryAnnounce();
        if (isNew)
        {
            AppendEvent(ChargerEventCode.SessionStarted, Sessions.Record.Number);
        }

        if (AppendSessions() || isNew || _hasEnded)
        {
            KeepSoon();
        }
    }

    private void CloseAfterPowerLoss(long nowMs)
    {
        long registerWattHours = Meter.Registers.TotalWattHours(EnergyKind.Import);
        if (!Sessions.IsActive)
        {
            Sessions.GoOn(nowMs, registerWattHours);
            return;
        }

        Ledger?.Complete(Sessions.Record);
        if (!Sessions.CloseAfterPowerLoss(nowMs, registerWattHours))
        {
            AppendEvent(ChargerEventCode.SessionDamaged, Sessions.Record.Number);
        }

        EndSession();
    }

    private void EndSession()
    {
        SessionRecord record = Sessions.Record;
        GridProfile profile = GridProfile;
        record.GridName = profile == null ? null : profile.Name;
        record.GridCrc = profile == null ? 0 : profile.Crc;
        EndPlan();
        if (!Sessions.WasEmpty || record.Reason == SessionReason.Fault)
        {
            Health.NoteSession(record.Reason, Controller.State.ActiveFaults);
        }

        if (!Sessions.WasEmpty)
        {
            Ledger?.Complete(record);
        }
        else if (Sessions.WasAnnounced)
        {
            _event.Values[2] = record.Reason;
            AppendEvent(ChargerEventCode.SessionEmpty, record.Number, 3);
        }
    }

    // What is due: at once as a rule, later where the time was not known.
    private bool AppendSessions()
    {
        bool isAny = false;
        while (Sessions.TryTakeRecord(_session, out SessionRecord record))
        {
            isAny = true;
            AppendTaken(RecordKind.Session, record.Write(_room.Take(), 0, _hmac));
        }

        return isAny;
    }

    private void TickMessages(long nowMs)
    {
        if (Telemetry == null)
        {
            return;
        }

        Telemetry.Tick(nowMs, _isTimed ? _utcSeconds : 0);
        if (Telemetry.TryTakeAlarm(out long upTo, out long _))
        {
            AppendEvent(EventCode.AcknowledgedUnsent, upTo);
        }
    }

    private void DecideLimits(long nowMs)
    {
        _return.Tick(nowMs, Controller.State.ActiveFaults, _parts.ReturnSeconds, _parts.Records.NextNumber);
        Limits.Decide(nowMs, _isTimed, _utcSeconds, Sessions, _phases.PhaseCount);
        TellSupport(nowMs);
        _phases.Allow(Limits.Phases);
    }

    private void TickHappenings(long nowMs)
    {
        DrainEvents(nowMs);
        TellLoop();
        _phases.Tick(nowMs, Controller.IsClosed);
        TickLatch(nowMs);
    }

    private void TellLoop()
    {
        if (_monitor.IsSlow != _wasSlow)
        {
            _wasSlow = _monitor.IsSlow;
            _event.Values[2] = _monitor.MeanMicroseconds;
            AppendEvent(ChargerEventCode.LoopRate, _wasSlow ? 0 : 1, 3);
        }
    }

    private void TickStatus(long nowMs)
    {
        ChargeState state = Controller.State;
        Status = ConnectorStatus.Of(state, Sessions, nowMs);
        if (_light != null)
        {
            _light.Show(Status, Plan != null && Plan.IsWaitingForPrice, state.NeedsPerson, nowMs);
        }

        int elapsedMs = _statusMs < 0 ? 0 : (int)(nowMs - _statusMs);
        _statusMs = nowMs;
        Health.Update(elapsedMs, state.IsClosed, state.ActiveFaults != 0, _loop.Measurement,
            _loop.Inputs.MeterReadable ? _loop.Supply : null);
    }

    // A weld, and its end, are kept at once.
    private void TickWeld(long nowMs)
    {
        if (_isWeldNew)
        {
            _isWeldNew = false;
            Checkpoint(nowMs);
        }
    }

    private void TickLatch(long nowMs)
    {
        if (_latch == null)
        {
            return;
        }

        bool isOpen = _loop.Inputs.FeedbackReadable && !_loop.Inputs.FeedbackClosed;
        bool isPlugKnown = _loop.Inputs.PilotReadable && Controller.State.Plug != PlugState.Unknown;
        _latch.Tick(Sessions.IsActive, isPlugKnown, Controller.State, isOpen, _loop.CurrentMilliampsMax, nowMs);
        if (_latch.HasFailed != _hadLatchFailed)
        {
            _hadLatchFailed = _latch.HasFailed;
            AppendEvent(ChargerEventCode.LockFailed, _hadLatchFailed ? 1 : 0);
        }
    }

    private void ReadCards(long nowMs)
    {
        if (_cards == null || !_cards.Tick(nowMs))
        {
            return;
        }

        SessionRefusal refusal = _cards.HasCardLength
            ? Sessions.Present(_cards.Uid, _cards.Length, nowMs)
            : SessionRefusal.BadToken;
        if (refusal != SessionRefusal.None)
        {
            _event.Values[2] = _cards.Length;
            _event.Values[3] = BigEndian(_cards.Uid, 0, 8);
            _event.Values[4] = BigEndian(_cards.Uid, 8, 2);
            AppendEvent(ChargerEventCode.CardRefused, (int)refusal, 5);
        }
    }

    private static long BigEndian(byte[] bytes, int offset, int count)
    {
        long value = 0;
        for (int i = 0; i < count; i++)
        {
            value = (value << 8) | bytes[offset + i];
        }

        return value;
    }
}
