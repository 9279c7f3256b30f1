using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>The command "profile": sets, clears and reads charging profiles (README.md, "Charging profiles").</summary>
public sealed class ProfileCommands
{
    private const int Columns = 3;
    private const int PhasesDefault = 3;

    // More than any station carries, so that watts and volts never leave 32 bits.
    private const int LimitMax = 1_000_000;
    private const int ReportSecondsMax = 7 * 86_400;

    private readonly EvChargerProduct _product;
    private readonly int[] _rows = new int[ChargingProfile.PeriodsMax * Columns];
    private int _known;

    public ProfileCommands(EvChargerProduct product)
    {
        _product = product;
    }

    /// <summary>Returns a <see cref="CommandRefusal"/>.</summary>
    public int Execute(FlatJson arguments, int role, ByteTextWriter result)
    {
        ChargerProfiles profiles = _product.Limits.Profiles;
        if (profiles == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (!arguments.TryFind("action", out int action))
        {
            return CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "set"))
        {
            return Set(arguments, role, profiles, result);
        }

        if (arguments.TextEquals(action, "clear"))
        {
            return Clear(arguments, role, profiles);
        }

        return arguments.TextEquals(action, "report")
            ? Report(arguments, profiles, result) : CommandRefusal.BadArgument;
    }

    private int Set(FlatJson arguments, int role, ChargerProfiles profiles, ByteTextWriter result)
    {
        ChargingProfile profile = profiles.Candidate;
        profile.Clear();
        _known = 2;
        int purpose = PurposeOf(arguments);
        if (purpose < 0 || !TryReadSchedule(arguments, profile) || !TryReadPeriods(arguments, profile)
            || _known != arguments.Count)
        {
            return CommandRefusal.BadArgument;
        }

        profile.Purpose = (ProfilePurpose)purpose;
        int refusal = RefusalOf(profile, role);
        refusal = refusal == CommandRefusal.None ? profiles.TrySet(role == CommandRole.Utility) : refusal;
        if (refusal == CommandRefusal.None)
        {
            result.Name("profiles");
            result.Value(profiles.Count);
        }

        return refusal;
    }

    private int RefusalOf(ChargingProfile profile, int role)
    {
        if (profile.Purpose == ProfilePurpose.ExternalConstraints && role != CommandRole.Utility)
        {
            return CommandRefusal.RoleNotAllowed;
        }

        if (profile.Purpose == ProfilePurpose.Transaction)
        {
            return _product.Sessions.IsActive ? CommandRefusal.None : CommandRefusal.NoSession;
        }

        // Only a transaction's profiles can count from its start: 1.6 §3.13.1.
        bool isEmpty = profile.ValidToUtc > 0 && profile.ValidToUtc <= profile.ValidFromUtc;
        return isEmpty || (profile.StartsWithTransaction && profile.Purpose != ProfilePurpose.TransactionDefault)
            ? CommandRefusal.OutOfRange
            : CommandRefusal.None;
    }

    private int Clear(FlatJson arguments, int role, ChargerProfiles profiles)
    {
        _known = 1;
        bool isGood = TryRead(arguments, "id", int.MaxValue, -1, out long id);
        isGood &= TryRead(arguments, "stackLevel", ChargingProfile.StackLevelMax, -1, out long level);
        int purpose = -1;
        if (arguments.TryFind("purpose", out int _))
        {
            _known++;
            purpose = PurposeOf(arguments);
            isGood &= purpose >= 0;
        }

        if (!isGood || _known != arguments.Count)
        {
            return CommandRefusal.BadArgument;
        }

        return profiles.TryClear((int)id, purpose, (int)level, role == CommandRole.Utility);
    }

    private int Report(FlatJson arguments, ChargerProfiles profiles, ByteTextWriter result)
    {
        if (arguments.Count != 2 || !arguments.TryGetInteger("seconds", out long seconds))
        {
            return CommandRefusal.BadArgument;
        }

        if (seconds < 1 || seconds > ReportSecondsMax)
        {
            return CommandRefusal.OutOfRange;
        }

        if (!_product.TryReadUtc(out long utcSeconds))
        {
            return CommandRefusal.NoTime;
        }

        profiles.WriteSchedule(result, utcSeconds, (int)seconds);
        return CommandRefusal.None;
    }

    private bool TryReadSchedule(FlatJson arguments, ChargingProfile profile)
    {
        bool isGood = TryRead(arguments, "id", int.MaxValue, -1, out long id);
        isGood &= TryRead(arguments, "stackLevel", ChargingProfile.StackLevelMax, -1, out long level);
        isGood &= TryRead(arguments, "validFromUtcSeconds", long.MaxValue, 0, out long from);
        isGood &= TryRead(arguments, "validToUtcSeconds", long.MaxValue, 0, out long to);
        isGood &= TryRead(arguments, "startUtcSeconds", long.MaxValue, -1, out long start);
        isGood &= TryRead(arguments, "durationSeconds", int.MaxValue, 0, out long duration);
        isGood &= TryRead(arguments, "minimumRate", LimitMax, 0, out long minimum);
        if (!isGood || id < 0 || level < 0 || !TryReadKind(arguments, profile))
        {
            return false;
        }

        profile.Id = (int)id;
        profile.StackLevel = (int)level;
        profile.ValidFromUtc = from;
        profile.ValidToUtc = to;
        profile.StartUtc = start;
        profile.DurationSeconds = (int)duration;
        profile.MinimumRate = (int)minimum;

        // A relative schedule has no start of its own, a recurring one needs it; an absolute one without counts from
        // the start of charging.
        return profile.Kind == ProfileKind.Relative ? start < 0 : start >= 0 || profile.Kind == ProfileKind.Absolute;
    }

    private bool TryReadKind(FlatJson arguments, ChargingProfile profile)
    {
        if (!arguments.TryFind("kind", out int kind) || !arguments.TryFind("unit", out int unit))
        {
            return false;
        }

        _known += 2;
        profile.IsInWatts = arguments.TextEquals(unit, "W");
        profile.Kind = arguments.TextEquals(kind, "Daily") ? ProfileKind.Daily
            : arguments.TextEquals(kind, "Weekly") ? ProfileKind.Weekly
            : arguments.TextEquals(kind, "Relative") ? ProfileKind.Relative
            : ProfileKind.Absolute;
        return (profile.IsInWatts || arguments.TextEquals(unit, "mA"))
            && (profile.Kind != ProfileKind.Absolute || arguments.TextEquals(kind, "Absolute"));
    }

    private bool TryReadPeriods(FlatJson arguments, ChargingProfile profile)
    {
        for (int i = 2; i < _rows.Length; i += Columns)
        {
            _rows[i] = PhasesDefault;
        }

        if (!arguments.TryGetRows("periods", 2, Columns, _rows, out int rows) || rows == 0)
        {
            return false;
        }

        _known++;
        for (int i = 0; i < rows; i++)
        {
            int at = i * Columns;
            if (_rows[at + 1] > LimitMax || !profile.TryAddPeriod(_rows[at], _rows[at + 1], _rows[at + 2]))
            {
                return false;
            }
        }

        return true;
    }

    // An optional whole number of at least 0.
    private bool TryRead(FlatJson arguments, string name, long max, long otherwise, out long value)
    {
        value = otherwise;
        if (!arguments.TryFind(name, out int member))
        {
            return true;
        }

        _known++;
        return arguments.TryGetScaled(member, 0, out value) && value >= 0 && value <= max;
    }

    /// <summary>OCPP 1.6's and 2.0.1's words for a purpose; −1: none of them.</summary>
    private static int PurposeOf(FlatJson arguments)
    {
        if (!arguments.TryFind("purpose", out int purpose))
        {
            return -1;
        }

        return arguments.TextEquals(purpose, "ChargePointMaxProfile") ? (int)ProfilePurpose.StationMax
            : arguments.TextEquals(purpose, "ChargingStationExternalConstraints")
            ? (int)ProfilePurpose.ExternalConstraints
            : arguments.TextEquals(purpose, "TxDefaultProfile") ? (int)ProfilePurpose.TransactionDefault
            : arguments.TextEquals(purpose, "TxProfile") ? (int)ProfilePurpose.Transaction
            : -1;
    }
}
