using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Grid;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>
/// What a charger does on a signed command; arguments in README.md, "Commands". Each is done wholly or not at all, and
/// refused with a reason where the state does not let it. Nothing here closes a contactor or lifts a protection. A list
/// or a tariff that arrives takes room of its own while it does: the one thing that allocates outside of construction.
/// </summary>
public sealed class ChargerCommands : ICommandTarget
{
    private const long SecondsMax = 86_400;

    private readonly EvChargerProduct _product;
    private readonly ICheckpointStore _lists;
    private readonly byte[] _token = new byte[ChargerLimits.TokenBytesMax];

    // The local list, a tariff or a grid profile, whichever began to arrive last; null: nothing arrives.
    private byte[] _arriving;
    private int _arrivingCode;
    private readonly ProfileCommands _profiles;
    private readonly EnergyCommands _energy;
    private readonly RefusalNote _note;
    private int _received;
    private int _expected;

    /// <param name="product">Ticked by the board.</param>
    /// <param name="lists">Keeps the local list across power loss.</param>
    /// <param name="note">Told what was expected; null: nobody is.</param>
    public ChargerCommands(EvChargerProduct product, ICheckpointStore lists, RefusalNote note = null)
    {
        _note = note == null ? new RefusalNote() : note;
        _product = product;
        _lists = lists;
        _profiles = new ProfileCommands(product);
        _energy = new EnergyCommands(product);
    }

    /// <summary>Puts the local list in force that was last loaded by command. False: there is none that is
    /// good.</summary>
    public bool TryLoadList()
    {
        byte[] list = new byte[TokenList.BytesMax(ChargerLimits.TokenCount)];
        return _lists.TryReadNewest(list, out int length, out bool _)
            && _product.Sessions.LocalList.TryLoad(list, length);
    }

    /// <inheritdoc/>
    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        switch (code)
        {
            case CommandCode.Session:
                return Session(arguments);
            case CommandCode.Limit:
                return Limit(arguments, role, result);
            case CommandCode.Profile:
                return _profiles.Execute(arguments, role, result);
            case CommandCode.Surplus:
                return _energy.Surplus(arguments, result);
            case CommandCode.Discharge:
                return _energy.Discharge(arguments);
            case CommandCode.Availability:
                return SetAvailability(arguments);
            case CommandCode.Phases:
                return SetPhases(arguments);
            case CommandCode.LocalList:
                return TakePiece(code, arguments, 4, TokenList.BytesMax(ChargerLimits.TokenCount), result);
            case CommandCode.Tariff:
                return TakePiece(code, arguments, 1, ChargerLimits.TariffBytesMax, result);
            case CommandCode.GridProfile:
                return !_product.TakesGridProfile ? CommandRefusal.NotSupported : TakePiece(
                    code, arguments, GridProfile.HeaderBytes, ChargerLimits.GridProfileBytesMax, result);
            case CommandCode.Reset:
                return Reset(arguments);
            case CommandCode.Prices:
                return _product.TakePrices(arguments, _note);
            default:
                return CommandRefusal.NotSupported;
        }
    }

    private int Session(FlatJson arguments)
    {
        if (!arguments.TryFind("action", out int action))
        {
            return CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "stop"))
        {
            return arguments.Count == 1 ? RefusalOf(_product.Sessions.StopRemotely()) : CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "boost") || arguments.TextEquals(action, "plan")
            || arguments.TextEquals(action, "skipPlan"))
        {
            return arguments.Count == 1 ? Plan(arguments, action) : CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "need"))
        {
            return _energy.Need(arguments);
        }

        if (arguments.TextEquals(action, "unlock"))
        {
            return arguments.Count == 1 ? Unlock() : CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "limits"))
        {
            return TryReadLimits(arguments, 1, out long wattHours, out long seconds, out long cost, out long departure)
                ? SetLimits(wattHours, seconds, cost, departure)
                : CommandRefusal.BadArgument;
        }

        // All others name a token.
        return arguments.TryGetHex("token", _token, out int length) && length > 0
            ? TokenAction(arguments, action, length)
            : CommandRefusal.BadArgument;
    }

    // The session's limits are the plan's target too, of one that is permitted once it begins.
    private int SetLimits(long wattHours, long seconds, long cost, long departureUtc)
    {
        int refusal = RefusalOf(_product.Sessions.SetLimits(wattHours, seconds, cost, departureUtc));
        if (refusal == CommandRefusal.None)
        {
            _product.TellPlan();
            _product.KeepSoon();
        }

        return refusal;
    }

    // Charge now; back to the plan; leave the plan for this session.
    private int Plan(FlatJson arguments, int action)
    {
        PlannedCharging plan = _product.Plan;
        if (plan == null || !_product.Sessions.IsActive)
        {
            return CommandRefusal.WrongState;
        }

        if (arguments.TextEquals(action, "skipPlan"))
        {
            plan.SkipOnce();
        }
        else
        {
            plan.Boost(arguments.TextEquals(action, "boost"));
        }

        _product.KeepSoon();
        return CommandRefusal.None;
    }

    private int TokenAction(FlatJson arguments, int action, int length)
    {
        SessionManager sessions = _product.Sessions;
        if (arguments.TextEquals(action, "start"))
        {
            return Start(arguments, length);
        }

        if (arguments.TextEquals(action, "vehicle"))
        {
            return arguments.Count == 2
                ? RefusalOf(sessions.Identify(_token, length, _product.NowMs)) : CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "cancel"))
        {
            return arguments.Count == 2
                ? RefusalOf(sessions.CancelReservation(_token, length, _product.NowMs))
                : CommandRefusal.BadArgument;
        }

        if (!arguments.TextEquals(action, "reserve") || arguments.Count != 3
            || !arguments.TryGetInteger("seconds", out long seconds))
        {
            return CommandRefusal.BadArgument;
        }

        return seconds < 1 || seconds > SecondsMax
            ? CommandRefusal.OutOfRange
            : RefusalOf(sessions.Reserve(_token, length, (int)seconds * 1_000, _product.NowMs));
    }

    private int Start(FlatJson arguments, int length)
    {
        if (!TryReadLimits(arguments, 2, out long wattHours, out long seconds, out long cost, out long departure))
        {
            return CommandRefusal.BadArgument;
        }

        int refusal = RefusalOf(_product.Sessions.StartRemotely(_token, length, _product.NowMs));
        return refusal == CommandRefusal.None
            ? SetLimits(wattHours, seconds, cost, departure)
            : refusal;
    }

    // Members beside the named ones must be limits, each a whole number of at least 0; cost in the currency, four
    // places.
    private static bool TryReadLimits(
        FlatJson arguments, int others, out long wattHours, out long seconds, out long cost, out long departure)
    {
        int known = others;
        bool isGood = TryReadLimit(arguments, "wattHours", 0, ref known, out wattHours);
        isGood &= TryReadLimit(arguments, "seconds", 0, ref known, out seconds);
        isGood &= TryReadLimit(arguments, "cost", 4, ref known, out cost);
        isGood &= TryReadLimit(arguments, "departureUtcSeconds", 0, ref known, out departure);
        return isGood && known == arguments.Count;
    }

    private static bool TryReadLimit(FlatJson arguments, string name, int digits, ref int known, out long value)
    {
        value = 0;
        if (!arguments.TryFind(name, out int member))
        {
            return true;
        }

        known++;
        return arguments.TryGetScaled(member, digits, out value) && value >= 0;
    }

    private int Unlock()
    {
        // OCPP UnlockConnector: a running session ends first, the plug follows when nothing is live any more.
        bool isStopped = _product.Sessions.StopRemotely(SessionReason.Unlocked) == SessionRefusal.None;
        return _product.TryRetryLock() || isStopped ? CommandRefusal.None : CommandRefusal.NotSupported;
    }

    private int Limit(FlatJson arguments, int role, ByteTextWriter result)
    {
        if (!LimitOwner.TryFind(arguments, role, out int owner, out int named, out int refusal))
        {
            return refusal;
        }

        if (!arguments.TryGetInteger("milliamps", out long milliamps))
        {
            return CommandRefusal.BadArgument;
        }

        if (arguments.Count == 1 + named)
        {
            refusal = _product.TrySetCeiling(owner, milliamps);
        }
        else
        {
            if (arguments.Count != 2 + named || !arguments.TryGetInteger("seconds", out long seconds))
            {
                return CommandRefusal.BadArgument;
            }

            refusal = milliamps > _product.Limits.Ceiling.Commissioned ? CommandRefusal.AboveCommissioned
                : milliamps < 0 || seconds < 1 || seconds > SecondsMax ? CommandRefusal.OutOfRange
                : CommandRefusal.None;
            if (refusal == CommandRefusal.None)
            {
                _product.Limits.TrySet(owner, (int)milliamps, (int)seconds * 1_000, _product.NowMs);
            }
        }

        result.Name("milliamps");
        result.Value(milliamps);
        return refusal;
    }

    private int SetAvailability(FlatJson arguments)
    {
        if (arguments.Count != 1 || !arguments.TryGetBoolean("operative", out bool isOperative))
        {
            return CommandRefusal.BadArgument;
        }

        return _product.TrySetAvailability(isOperative) ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }

    private int SetPhases(FlatJson arguments)
    {
        if (arguments.Count != 1 || !arguments.TryGetInteger("count", out long count))
        {
            return CommandRefusal.BadArgument;
        }

        return (count == 1 || count == 3) && _product.TryRequestPhases((int)count)
            ? CommandRefusal.None
            : CommandRefusal.OutOfRange;
    }

    private int Reset(FlatJson arguments)
    {
        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        if (_product.Controller.State.ActiveFaults == 0)
        {
            return CommandRefusal.WrongState;
        }

        _product.Reset();
        return CommandRefusal.None;
    }

    // Pieces in their order; whole or not at all.
    private int TakePiece(int code, FlatJson arguments, int bytesMin, int bytesMax, ByteTextWriter result)
    {
        if (arguments.Count != 3 || !arguments.TryGetInteger("bytes", out long bytes)
            || !arguments.TryGetInteger("at", out long at)
            || !arguments.TryFind("data", out int data) || arguments.KindOf(data) != JsonKind.Text)
        {
            return CommandRefusal.BadArgument;
        }

        if (bytes < bytesMin || bytes > bytesMax)
        {
            return CommandRefusal.OutOfRange;
        }

        if (at == 0)
        {
            _received = 0;
            _expected = (int)bytes;
            _arrivingCode = code;
            _arriving = new byte[_expected + CheckpointStore.OverheadBytes];
        }

        if (_arriving == null || at != _received || bytes != _expected || code != _arrivingCode)
        {
            return CommandRefusal.WrongState;
        }

        if (!arguments.TryGetBase64(data, _arriving, _received, out int count) || _received + count > _expected)
        {
            return CommandRefusal.BadArgument;
        }

        _received += count;
        result.Name("received");
        result.Value(_received);
        if (_received < _expected)
        {
            return CommandRefusal.None;
        }

        int refusal = code == CommandCode.Tariff ? UseTariff(result)
            : code == CommandCode.GridProfile ? UseGridProfile(result) : UseList(result);
        _received = 0;
        _arriving = null;
        return refusal;
    }

    private int UseGridProfile(ByteTextWriter result)
    {
        if (!GridProfile.TryLoad(_arriving, _expected, out GridProfile profile, out string error))
        {
            _note.Expected = error;
            return CommandRefusal.BadArgument;
        }

        int refusal = _product.TryUseGridProfile(profile, _arriving, _expected);
        if (refusal == CommandRefusal.WrongState)
        {
            _note.Expected = "a charger out of service: availability, operative false";
        }

        if (refusal == CommandRefusal.None)
        {
            result.Name("gridProfile");
            result.Value(profile.Name);
        }

        return refusal;
    }

    private int UseTariff(ByteTextWriter result)
    {
        if (!TariffTable.TryLoad(_arriving, _expected, out TariffTable tariff, out string error))
        {
            _note.Expected = error;
            return CommandRefusal.BadArgument;
        }

        _note.Expected = _product.WhyNot(tariff);
        int refusal = _product.TryUseTariff(tariff, _arriving, _expected);
        if (refusal == CommandRefusal.None)
        {
            result.Name("tariff");
            result.Value(tariff.Name);
        }

        return refusal;
    }

    private int UseList(ByteTextWriter result)
    {
        TokenList list = _product.Sessions.LocalList;
        if (!list.IsWhole(_arriving, _expected))
        {
            return CommandRefusal.BadArgument;
        }

        // Durable first: what was reported as in force must be in force after a power cut, too.
        if (!_lists.TryWrite(_arriving, _expected))
        {
            return CommandRefusal.StorageFailed;
        }

        list.TryLoad(_arriving, _expected);
        result.Name("version");
        result.Value(list.Version);
        result.Name("tokens");
        result.Value(list.Count);
        return CommandRefusal.None;
    }

    private static int RefusalOf(SessionRefusal refusal)
    {
        switch (refusal)
        {
            case SessionRefusal.None: return CommandRefusal.None;
            case SessionRefusal.BadToken: return CommandRefusal.BadArgument;
            case SessionRefusal.UnknownToken: return CommandRefusal.UnknownToken;
            case SessionRefusal.Busy: return CommandRefusal.Busy;
            case SessionRefusal.Reserved: return CommandRefusal.Reserved;
            case SessionRefusal.NoSession: return CommandRefusal.NoSession;
            case SessionRefusal.Faulted: return CommandRefusal.Faulted;
            case SessionRefusal.Unavailable: return CommandRefusal.Unavailable;
            default: return CommandRefusal.OutOfRange;
        }
    }
}
