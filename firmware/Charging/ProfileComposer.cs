using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// Composes charging profiles into one limit (OCPP 1.6 §3.13.4, 2.0.1 K01): of each purpose the highest stack level
/// that says something at that time; the transaction's profile before its default; the lowest of that, the station's
/// and the external limit; the lowest number of phases. Watts become amps with the nominal voltage and those phases.
/// </summary>
public sealed class ProfileComposer
{
    /// <summary>What <see cref="TryLimitAt"/> gives when no profile limits the current.</summary>
    public const int Unlimited = int.MaxValue;

    private const int PurposeCount = 4;

    private readonly ChargingProfile[] _profiles;
    private readonly int[] _chosen = new int[PurposeCount];
    private readonly int[] _chosenPeriod = new int[PurposeCount];

    /// <param name="profilesMax">Profiles held at once.</param>
    /// <param name="nominalMillivolts">Nominal phase voltage for watts to amps.</param>
    public ProfileComposer(int profilesMax, int nominalMillivolts)
    {
        Invariant.Require(profilesMax > 0 && nominalMillivolts > 0, "profiles and voltage must be above 0");
        _profiles = new ChargingProfile[profilesMax];
        for (int i = 0; i < profilesMax; i++)
        {
            _profiles[i] = new ChargingProfile();
        }

        NominalMillivolts = nominalMillivolts;
    }

    public int NominalMillivolts { get; }

    /// <summary>Start of the running transaction, UTC seconds; 0 = none.</summary>
    public long TransactionStartUtc { get; set; }

    /// <summary>Places for profiles, used or not.</summary>
    public int ProfilesMax => _profiles.Length;

    public ChargingProfile ProfileAt(int place) => _profiles[place];

    /// <summary>Phases that the contactor closes now, for watts to amps; 0 = as many as the profiles allow.</summary>
    public int PhasesInUse { get; set; }

    /// <summary>Phases that are wired, 1 to 3: a schedule is never for more.</summary>
    public int WiredPhases { get; set; } = 3;

    /// <summary>Where a new profile goes: the place of the same id, or of the same purpose and stack level (OCPP
    /// replaces it), or a free one. False: full, or a level outside 0 to
    /// <see cref="ChargingProfile.StackLevelMax"/>.</summary>
    /// <param name="also">A second profile that goes, because one took the id and another the level; −1 = none.</param>
    public bool TryFindPlace(int id, ProfilePurpose purpose, int stackLevel, out int place, out int also)
    {
        place = -1;
        also = -1;
        bool isTaken = false;
        for (int i = 0; i < _profiles.Length; i++)
        {
            ChargingProfile p = _profiles[i];
            bool same = p.IsUsed && (p.Id == id || (p.Purpose == purpose && p.StackLevel == stackLevel));
            if (same && isTaken)
            {
                also = i;
            }
            else if (same || (!p.IsUsed && place < 0))
            {
                isTaken = same;
                place = i;
            }
        }

        return place >= 0 && stackLevel >= 0 && stackLevel <= ChargingProfile.StackLevelMax;
    }

    /// <summary>Puts a profile into a place; the one that was there comes back, as it was.</summary>
    public ChargingProfile Exchange(int place, ChargingProfile profile)
    {
        ChargingProfile before = _profiles[place];
        _profiles[place] = profile;
        return before;
    }

    /// <summary>A place for a new profile, cleared (<see cref="TryFindPlace"/>). False: full.</summary>
    public bool TryPlace(int id, ProfilePurpose purpose, int stackLevel, out ChargingProfile profile)
    {
        profile = null;
        if (!TryFindPlace(id, purpose, stackLevel, out int place, out int also))
        {
            return false;
        }

        if (also >= 0)
        {
            _profiles[also].Clear();
        }

        profile = _profiles[place];
        profile.Clear();
        profile.Id = id;
        profile.Purpose = purpose;
        profile.StackLevel = stackLevel;
        return true;
    }

    /// <summary>The transaction ended: its own profiles go with it.</summary>
    public void EndTransaction()
    {
        TransactionStartUtc = 0;
        for (int i = 0; i < _profiles.Length; i++)
        {
            if (_profiles[i].IsUsed && _profiles[i].Purpose == ProfilePurpose.Transaction)
            {
                _profiles[i].Clear();
            }
        }
    }

    /// <summary>The composed limit at a time. False: no profile says anything, the limit is
    /// <see cref="Unlimited"/>.</summary>
    /// <param name="milliamps">Limit a phase; below 6 A means pause. Nothing ever raises it.</param>
    /// <param name="phases">Phases that may be used, 1 to 3.</param>
    public bool TryLimitAt(long utcSeconds, out int milliamps, out int phases) =>
        TryLimitAt(utcSeconds, PhasesInUse, 3, out milliamps, out phases);

    // Watts are converted with the phases in use, or without any with those that the profiles allow.
    private bool TryLimitAt(long utcSeconds, int phasesInUse, int phasesMax, out int milliamps, out int phases)
    {
        Choose(utcSeconds);
        milliamps = Unlimited;
        phases = phasesMax;
        bool any = false;
        for (int purpose = 0; purpose < PurposeCount; purpose++)
        {
            if (Counts(purpose))
            {
                int allowed = _profiles[_chosen[purpose]].PeriodPhases[_chosenPeriod[purpose]];
                phases = allowed < phases ? allowed : phases;
                any = true;
            }
        }

        for (int purpose = 0; purpose < PurposeCount; purpose++)
        {
            if (Counts(purpose))
            {
                int limit = LimitOf(_profiles[_chosen[purpose]], _chosenPeriod[purpose], phasesInUse > 0
                    ? phasesInUse : phases);
                milliamps = limit < milliamps ? limit : milliamps;
            }
        }

        return any;
    }

    /// <summary>The earliest time after another at which any profile changes; long.MaxValue = never.</summary>
    public long NextChangeAfter(long utcSeconds)
    {
        // Over all profiles: a purpose's change must never hide that of another one.
        long next = long.MaxValue;
        for (int i = 0; i < _profiles.Length; i++)
        {
            long change = _profiles[i].NextChangeAfter(utcSeconds, TransactionStartUtc);
            next = change < next ? change : next;
        }

        return next;
    }

    /// <summary>Writes the composite schedule of a span into a profile-like list, equal neighbours merged. Watts become
    /// amps with each period's own phases: how many are closed now says nothing of later.</summary>
    /// <param name="schedule">Filled: starts in seconds from <paramref name="fromUtc"/>.</param>
    /// <param name="lookUpsMax">Changes looked up at most: what a tick can bear.</param>
    /// <returns>False: more periods or look-ups would be needed; what fits is there.</returns>
    public bool TryCompose(long fromUtc, int seconds, CompositeSchedule schedule, int lookUpsMax = int.MaxValue)
    {
        schedule.Clear();
        long at = fromUtc;
        for (int lookUps = 0; at < fromUtc + seconds; lookUps++)
        {
            if (lookUps == lookUpsMax)
            {
                return false;
            }

            TryLimitAt(at, 0, WiredPhases, out int milliamps, out int phases);
            if (!schedule.TryAdd((int)(at - fromUtc), milliamps, phases))
            {
                return false;
            }

            at = NextChangeAfter(at);
        }

        return true;
    }

    private void Choose(long utcSeconds)
    {
        for (int purpose = 0; purpose < PurposeCount; purpose++)
        {
            _chosen[purpose] = -1;
        }

        for (int i = 0; i < _profiles.Length; i++)
        {
            ChargingProfile p = _profiles[i];
            int purpose = (int)p.Purpose;
            if (p.TryPeriodAt(utcSeconds, TransactionStartUtc, out int period)
                && (p.Purpose != ProfilePurpose.Transaction || TransactionStartUtc > 0)
                && (_chosen[purpose] < 0 || p.StackLevel > _profiles[_chosen[purpose]].StackLevel))
            {
                _chosen[purpose] = i;
                _chosenPeriod[purpose] = period;
            }
        }
    }

    private bool Counts(int purpose) => _chosen[purpose] >= 0
        && (purpose != (int)ProfilePurpose.TransactionDefault || _chosen[(int)ProfilePurpose.Transaction] < 0);

    private int LimitOf(ChargingProfile profile, int period, int phases)
    {
        int limit = profile.PeriodLimit[period];
        if (!profile.IsInWatts)
        {
            return limit;
        }

        long milliamps = (long)limit * 1_000_000 / NominalMillivolts / phases;
        return milliamps < Unlimited ? (int)milliamps : Unlimited - 1;
    }
}
