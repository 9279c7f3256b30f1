using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The charger's OCPP charging profiles: set and cleared by command, kept over a loss of supply (those of a transaction
/// end with it), composed into one limit that is looked up anew only when a profile changes.
/// </summary>
public sealed class ChargerProfiles
{
    // Whole seconds of two clocks differ by as much without a step.
    private const int StartSecondsOff = 2;

    private readonly ProfileComposer _composer;
    private readonly ICheckpointStore _store;
    private readonly SharedRoom _room;
    private readonly CompositeSchedule _schedule = new CompositeSchedule(ChargerLimits.ProfileReportPeriods);
    private long _session;
    private long _nextChangeUtc;
    private long _lookedUpUtc;
    private int _usedCount;

    /// <param name="store">Blocks of its own; what it holds is put in force.</param>
    /// <param name="nominalMillivolts">For watts to amps.</param>
    /// <param name="wiredPhases">1 or 3.</param>
    /// <param name="room">Used where it is long enough.</param>
    public ChargerProfiles(ICheckpointStore store, int nominalMillivolts, int wiredPhases, SharedRoom room)
    {
        _composer = new ProfileComposer(ChargerLimits.ProfileCount, nominalMillivolts) { WiredPhases = wiredPhases };
        _store = store;
        int bytes = ProfileCodec.BytesMax(_composer) + CheckpointStore.OverheadBytes;
        _room = room.Bytes.Length >= bytes ? room : new SharedRoom(bytes);
        byte[] saved = _room.Take();
        if (_store.TryReadNewest(saved, out int length, out bool _))
        {
            ProfileCodec.TryLoad(_composer, saved, length);
        }

        Changed();
    }

    /// <summary>The profile that <see cref="TrySet"/> takes; whoever fills it calls <see cref="ChargingProfile.Clear"/>
    /// first.</summary>
    public ChargingProfile Candidate { get; private set; } = new ChargingProfile();

    /// <summary>Profiles that are set.</summary>
    public int Count => _usedCount;

    /// <summary>A profile says something now.</summary>
    public bool Speaks { get; private set; }

    /// <summary>Composed limit, mA a phase; below 6 A means a pause. Means something while
    /// <see cref="Speaks"/>.</summary>
    public int LimitMilliamps { get; private set; }

    /// <summary>Phases that may be used, 1 to 3.</summary>
    public int Phases { get; private set; } = ChargeInputs.PhaseCountMax;

    /// <summary>One tick.</summary>
    /// <param name="sessions">Its running session is the transaction.</param>
    /// <param name="phasesInUse">Phases that the contactor closes.</param>
    public void Tick(bool isTimed, long utcSeconds, SessionManager sessions, int phasesInUse)
    {
        long session = sessions.IsActive ? sessions.Record.Number : 0;
        if (session != _session)
        {
            _session = session;
            _composer.EndTransaction();
            Changed();
        }

        if (_usedCount == 0 || !isTimed)
        {
            Speaks = false;
            Phases = ChargeInputs.PhaseCountMax;
            _nextChangeUtc = 0;
            return;
        }

        // By the time that has passed since: what counts from there keeps its place when the clock becomes known or is
        // set.
        long startUtc = session == 0 ? 0 : utcSeconds - sessions.ElapsedMs / 1_000;
        long moved = startUtc - _composer.TransactionStartUtc;
        if (moved > StartSecondsOff || moved < -StartSecondsOff)
        {
            _composer.TransactionStartUtc = startUtc;
            _nextChangeUtc = 0;
        }

        // A clock that is set back looks everything up again, too.
        if (utcSeconds >= _nextChangeUtc || utcSeconds < _lookedUpUtc || phasesInUse != _composer.PhasesInUse)
        {
            _composer.PhasesInUse = phasesInUse;
            Speaks = _composer.TryLimitAt(utcSeconds, out int milliamps, out int phases);
            LimitMilliamps = milliamps;
            Phases = phases;
            _lookedUpUtc = utcSeconds;
            _nextChangeUtc = _composer.NextChangeAfter(utcSeconds);
        }
    }

    /// <summary>Puts <see cref="Candidate"/> in force once it is stored; the same id, or the same purpose and level, is
    /// replaced. Returns a <see cref="CommandRefusal"/>; refused changes nothing.</summary>
    /// <param name="withExternal">May replace external constraints.</param>
    public int TrySet(bool withExternal)
    {
        ChargingProfile one = Candidate;
        if (!_composer.TryFindPlace(one.Id, one.Purpose, one.StackLevel, out int place, out int also))
        {
            return CommandRefusal.OutOfRange;
        }

        if (!withExternal && (IsExternal(place) || IsExternal(also)))
        {
            return CommandRefusal.RoleNotAllowed;
        }

        one.IsUsed = true;
        Candidate = _composer.Exchange(place, one);
        Use(also, false);
        if (TryStore())
        {
            return CommandRefusal.None;
        }

        Use(also, true);
        Candidate = _composer.Exchange(place, Candidate);
        return CommandRefusal.StorageFailed;
    }

    /// <summary>Clears the profiles that all given criteria meet; below 0 = any. Returns a
    /// <see cref="CommandRefusal"/>:
    /// WrongState when none does.</summary>
    /// <param name="withExternal">External constraints, too: what the grid's operator set, only he takes away.</param>
    public int TryClear(int id, int purpose, int stackLevel, bool withExternal)
    {
        int cleared = 0;
        for (int i = 0; i < _composer.ProfilesMax; i++)
        {
            ChargingProfile p = _composer.ProfileAt(i);
            bool isFree = withExternal || p.Purpose != ProfilePurpose.ExternalConstraints;
            if (p.IsUsed && isFree && (id < 0 || p.Id == id) && (purpose < 0 || (int)p.Purpose == purpose)
                && (stackLevel < 0 || p.StackLevel == stackLevel))
            {
                cleared |= 1 << i;
                p.IsUsed = false;
            }
        }

        if (cleared == 0)
        {
            return CommandRefusal.WrongState;
        }

        if (TryStore())
        {
            return CommandRefusal.None;
        }

        for (int i = 0; i < _composer.ProfilesMax; i++)
        {
            Use((cleared & (1 << i)) != 0 ? i : -1, true);
        }

        return CommandRefusal.StorageFailed;
    }

    /// <summary>Writes the composite schedule: rows of start (seconds from now), limit (mA a phase; −1 none) and
    /// phases, as far as one tick can look ahead; "isWhole" false = there is more.</summary>
    public void WriteSchedule(ByteTextWriter result, long utcSeconds, int seconds)
    {
        bool isWhole = _composer.TryCompose(utcSeconds, seconds, _schedule, ChargerLimits.ProfileReportPeriods);
        result.Name("isWhole");
        result.Value(isWhole);
        result.Name("schedule");
        result.BeginArray();
        for (int i = 0; i < _schedule.Count; i++)
        {
            int limit = _schedule.LimitMilliamps[i];
            result.BeginArray();
            result.Value(_schedule.StartSeconds[i]);
            result.Value(limit == ProfileComposer.Unlimited ? -1 : limit);
            result.Value(_schedule.Phases[i]);
            result.EndArray();
        }

        result.EndArray();
    }

    private bool IsExternal(int place) => place >= 0 && _composer.ProfileAt(place).IsUsed
        && _composer.ProfileAt(place).Purpose == ProfilePurpose.ExternalConstraints;

    private void Use(int place, bool isUsed)
    {
        if (place >= 0)
        {
            _composer.ProfileAt(place).IsUsed = isUsed;
        }
    }

    private bool TryStore()
    {
        byte[] bytes = _room.Take();
        bool isStored = _store.TryWrite(bytes, ProfileCodec.Save(_composer, bytes));
        if (isStored)
        {
            Changed();
        }

        return isStored;
    }

    private void Changed()
    {
        _nextChangeUtc = 0;
        _usedCount = 0;
        for (int i = 0; i < _composer.ProfilesMax; i++)
        {
            _usedCount += _composer.ProfileAt(i).IsUsed ? 1 : 0;
        }
    }
}
