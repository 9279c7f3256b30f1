using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Dispatch;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SiteController;

/// <summary>
/// What a site controller does on a signed command; README.md lists the arguments. Each is done wholly or not at all,
/// and durable before it is answered, but for prices and a limit of some seconds, which a restart ends. Nothing here
/// lifts a limit above what was commissioned.
/// </summary>
public sealed class SiteCommands : ICommandTarget
{
    private const long SecondsMax = 86_400;
    private const long UtcSecondsMax = 4_102_444_800;

    private readonly CompleteSite _site;
    private readonly SiteLimit _limit;
    private readonly DispatchCommand _dispatch;

    internal SiteCommands(CompleteSite site, SiteLimit limit)
    {
        _site = site;
        _limit = limit;
        _dispatch = new DispatchCommand(site.Dispatch, site.Note);
    }

    /// <inheritdoc/>
    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        switch (code)
        {
            case CommandCode.Limit:
                return Limit(arguments, role, result);
            case CommandCode.Read:
                return Read(arguments, result);
            case CommandCode.Prices:
                return TakePrices(arguments);
            case CommandCode.Dispatch:
                return _dispatch.Execute(arguments, result);
            default:
                return CommandRefusal.NotSupported;
        }
    }

    /// <summary>A plan's prices: a restart forgets them, and the tariff's hold until they are sent again.</summary>
    private int TakePrices(FlatJson arguments)
    {
        TariffSets tariffs = _site.Product.Tariffs;
        if (tariffs == null)
        {
            return CommandRefusal.NotSupported;
        }

        bool isTimed = _site.Core.Time.TryReadUtc(out long utcSeconds, out int _);
        long today = isTimed ? CivilTime.FloorDivide(
            utcSeconds + tariffs.InForce(TariffPart.Seasons).OffsetSecondsAt(utcSeconds), CivilTime.SecondsPerDay)
            : DayLists.NoDay;
        return PriceCommand.Execute(tariffs, arguments, _site.Buffer, today, _site.Note);
    }

    private int Limit(FlatJson arguments, int role, ByteTextWriter result)
    {
        if (!LimitOwner.TryFind(arguments, role, out int owner, out int named, out int refusal))
        {
            return refusal;
        }

        if (arguments.TryFind("action", out int action))
        {
            refusal = arguments.Count == 1 + named && arguments.TextEquals(action, "clear")
                ? ClearSchedule(owner) : CommandRefusal.BadArgument;
        }
        else if (!arguments.TryGetInteger("milliamps", out long milliamps))
        {
            refusal = CommandRefusal.BadArgument;
        }
        else
        {
            refusal = SetLimit(arguments, owner, named, milliamps);
        }

        if (refusal == CommandRefusal.None)
        {
            _site.FindLimit();
            WriteLimit(result);
        }

        return refusal;
    }

    private int SetLimit(FlatJson arguments, int owner, int named, long milliamps)
    {
        if (arguments.Count == 1 + named)
        {
            return SetCeiling(owner, milliamps);
        }

        bool isTimed = arguments.TryGetInteger("seconds", out long seconds);
        bool isWindow = arguments.TryGetInteger("fromUtcSeconds", out long from)
            & arguments.TryGetInteger("untilUtcSeconds", out long until);
        if (arguments.Count != named + (isTimed ? 2 : 3) || isTimed == isWindow)
        {
            return CommandRefusal.BadArgument;
        }

        if (milliamps > _limit.Ceiling.Commissioned)
        {
            return CommandRefusal.AboveCommissioned;
        }

        if (milliamps < 0)
        {
            return CommandRefusal.OutOfRange;
        }

        if (isWindow)
        {
            return AddWindow(owner, from, until, (int)milliamps);
        }

        if (seconds < 1 || seconds > SecondsMax)
        {
            return CommandRefusal.OutOfRange;
        }

        _limit.SetFor(owner, (int)milliamps, (int)seconds * 1_000, _site.NowMs);
        return CommandRefusal.None;
    }

    private int SetCeiling(int owner, long milliamps)
    {
        int before = _limit.Ceiling.ValueOf(owner);
        int refusal = _limit.Ceiling.TrySet(owner, milliamps);
        if (refusal == CommandRefusal.None && !_site.TrySave())
        {
            _limit.Ceiling.TrySet(owner, before);
            return CommandRefusal.StorageFailed;
        }

        return refusal;
    }

    private int AddWindow(int owner, long from, long until, int milliamps)
    {
        if (!_site.TryReadUtc(out long utcSeconds))
        {
            return CommandRefusal.NoTime;
        }

        _limit.Schedule.Forget(utcSeconds);
        if (from < 0 || until > UtcSecondsMax || until <= utcSeconds
            || !_limit.Schedule.TryAdd(owner, from, until, milliamps))
        {
            return CommandRefusal.OutOfRange;
        }

        if (!_site.TrySave())
        {
            _limit.Schedule.RemoveLast();
            return CommandRefusal.StorageFailed;
        }

        return CommandRefusal.None;
    }

    private int ClearSchedule(int owner)
    {
        int removed = _limit.Schedule.Clear(owner);
        if (removed == 0)
        {
            return CommandRefusal.WrongState;
        }

        if (!_site.TrySave())
        {
            _limit.Schedule.PutBack(removed);
            return CommandRefusal.StorageFailed;
        }

        return CommandRefusal.None;
    }

    private int Read(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 1 || !arguments.TryFind("what", out int what))
        {
            return CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(what, "limit"))
        {
            WriteLimit(result);
            WriteSchedule(result);
            return CommandRefusal.None;
        }

        if (arguments.TextEquals(what, "members"))
        {
            WriteMembers(result);
            return CommandRefusal.None;
        }

        return CommandRefusal.BadArgument;
    }

    private void WriteLimit(ByteTextWriter result)
    {
        result.Name("milliamps");
        result.Value(_limit.Milliamps);
        result.Name("limitedBy");
        result.Value(SiteLimitSource.NameOf(_limit.Source));
        result.Name("commissionedMilliamps");
        result.Value(_limit.Ceiling.Commissioned);
    }

    // Rows of who, from, until, mA a phase.
    private void WriteSchedule(ByteTextWriter result)
    {
        result.Name("schedule");
        result.BeginArray();
        for (int i = 0; i < _limit.Schedule.Count; i++)
        {
            result.BeginArray();
            result.Value(CommandRole.NameOf(_limit.Schedule.OwnerOf(i)));
            result.Value(_limit.Schedule.FromUtcOf(i));
            result.Value(_limit.Schedule.UntilUtcOf(i));
            result.Value(_limit.Schedule.ValueOf(i));
            result.EndArray();
        }

        result.EndArray();
    }

    // Rows of whether it is heard (1), its largest phase current and its grant, mA.
    private void WriteMembers(ByteTextWriter result)
    {
        SiteLeader leader = _site.Product.Site.Leader;
        result.Name("members");
        result.BeginArray();
        for (int i = 0; i < _site.Product.Site.Connectors.Count; i++)
        {
            result.BeginArray();
            result.Value(leader.IsHeard(i, _site.NowMs) ? 1 : 0);
            result.Value(leader.DrawnMilliampsOf(i));
            result.Value(_site.Product.Site.Connectors.OfferMilliamps[i]);
            result.EndArray();
        }

        result.EndArray();
    }
}
