using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.Commands;

namespace MeterFirmware.Dispatch;

/// <summary>
/// The command "dispatch": sets, cancels and reads orders. An order is kept before it is answered. The answer says
/// whether it is accepted or only partly, why, and what is possible; a refusal names what would be taken.
/// </summary>
public sealed class DispatchCommand
{
    // action, id, level, kind, watts, untilUtcSeconds.
    private const int ArgumentsMin = 6;

    private readonly IDispatchTarget _target;
    private readonly RefusalNote _note;
    private DispatchOrder _order;

    /// <param name="note">Told what was expected.</param>
    public DispatchCommand(IDispatchTarget target, RefusalNote note)
    {
        _target = target;
        _note = note;
    }

    /// <summary>Carries it out. Returns a <see cref="CommandRefusal"/>.</summary>
    public int Execute(FlatJson arguments, ByteTextWriter result)
    {
        if (!arguments.TryFind("action", out int action))
        {
            return CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(action, "set"))
        {
            return Set(arguments, result);
        }

        if (arguments.TextEquals(action, "cancel"))
        {
            return Cancel(arguments, result);
        }

        if (!arguments.TextEquals(action, "read") || arguments.Count != 1)
        {
            return CommandRefusal.BadArgument;
        }

        WriteInForce(result);
        WriteOrders(result);
        return CommandRefusal.None;
    }

    private int Set(FlatJson arguments, ByteTextWriter result)
    {
        if (!_target.TryReadUtc(out long utcSeconds))
        {
            return CommandRefusal.NoTime;
        }

        _order = _order == null ? new DispatchOrder() : _order;
        if (!TryRead(arguments, _order, utcSeconds, out bool isBegun))
        {
            return CommandRefusal.BadArgument;
        }

        int refusal = WhyNot(_order, utcSeconds);
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        int place = _target.Orders.Take(_order);
        if (place < 0)
        {
            _note.Expected = "at most " + DispatchOrders.CountMax.ToString() + " orders: cancel one";
            return CommandRefusal.Busy;
        }

        if (!_target.TryKeepOrders())
        {
            _target.Orders.Undo();
            return CommandRefusal.StorageFailed;
        }

        _target.Follow();
        WriteAnswer(result, place, isBegun);
        WriteInForce(result);
        return CommandRefusal.None;
    }

    private int Cancel(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 3 || !TryReadLevel(arguments, out int level)
            || !arguments.TryGetInteger("id", out long id) || id < 1 || id > int.MaxValue)
        {
            return CommandRefusal.BadArgument;
        }

        if (!_target.Orders.TryCancel(level, (int)id, _target.NowMs))
        {
            return CommandRefusal.WrongState;
        }

        if (!_target.TryKeepOrders())
        {
            _target.Orders.Undo();
            return CommandRefusal.StorageFailed;
        }

        _target.Follow();
        WriteInForce(result);
        return CommandRefusal.None;
    }

    private static bool TryRead(FlatJson arguments, DispatchOrder order, long utcSeconds, out bool isBegun)
    {
        order.Reset();
        isBegun = false;
        int known = ArgumentsMin;
        bool isGood = TryReadLevel(arguments, out int level) & TryReadKind(arguments, out int kind)
            & arguments.TryGetInteger("id", out long id) & arguments.TryGetInteger("watts", out long watts);
        isGood &= arguments.TryGetInteger("untilUtcSeconds", out long until);
        isGood &= TryReadMore(arguments, "fromUtcSeconds", ref known, utcSeconds, out long from);
        isGood &= TryReadMore(arguments, "rampWattsPerMinute", ref known, 0, out long ramp);
        isGood &= TryReadMore(arguments, "priority", ref known, DispatchOrders.PriorityMax, out long priority);
        bool isEmergency = false;
        if (arguments.TryFind("emergency", out int _))
        {
            known++;
            isGood &= arguments.TryGetBoolean("emergency", out isEmergency);
        }

        isGood &= known == arguments.Count && id >= 1 && id <= int.MaxValue && priority >= 0
            && priority <= DispatchOrders.PriorityMax && ramp >= 0 && ramp <= DispatchOrders.WattsMax
            && watts >= -DispatchOrders.WattsMax && watts <= DispatchOrders.WattsMax && from >= 0 && until >= 0
            && (!isEmergency || kind == DispatchKind.Import);
        if (!isGood)
        {
            return false;
        }

        isBegun = from < utcSeconds;
        order.Id = (int)id;
        order.Level = level;
        order.Kind = kind;
        order.Priority = (int)priority;
        order.IsEmergency = isEmergency;
        order.FromUtc = isBegun ? utcSeconds : from;
        order.UntilUtc = until;
        order.Watts = (int)watts;
        order.RampWatts = (int)ramp;
        return true;
    }

    // What is asked beyond what was commissioned, and windows that are none: with what would be taken.
    private int WhyNot(DispatchOrder order, long utcSeconds)
    {
        if (order.UntilUtc <= utcSeconds)
        {
            _note.Expected = "untilUtcSeconds behind " + utcSeconds.ToString();
            return CommandRefusal.Expired;
        }

        if (order.UntilUtc <= order.FromUtc || order.UntilUtc - order.FromUtc > DispatchOrders.SecondsMax
            || order.FromUtc - utcSeconds > DispatchOrders.SecondsMax)
        {
            _note.Expected = "1 second to 7 days long, beginning within 7 days";
            return CommandRefusal.OutOfRange;
        }

        bool isExport = order.Kind == DispatchKind.Export;
        int most = isExport ? _target.ExportWattsMax : _target.ImportWattsMax;
        int least = isExport || order.Kind == DispatchKind.Import ? 0
            : order.Kind == DispatchKind.Change ? -(_target.ImportWattsMax + _target.ExportWattsMax)
            : -_target.ExportWattsMax;
        if (order.Watts > most || order.Watts < least)
        {
            _note.Expected = "watts from " + least.ToString() + " to " + most.ToString();
            return order.Watts > most ? CommandRefusal.AboveCommissioned : CommandRefusal.OutOfRange;
        }

        return CommandRefusal.None;
    }

    private void WriteAnswer(ByteTextWriter result, int place, bool isBegun)
    {
        DispatchOrders orders = _target.Orders;
        DispatchOrder order = orders.At(place);
        int wanted = order.Kind == DispatchKind.Change && !order.IsRunning ? int.MinValue : order.TargetWatts;
        string reason = isBegun ? "begun" : null;
        int possible = wanted;
        if (order.IsRunning && order.IsSetPoint && orders.SetPointPlace != place)
        {
            reason = "outranked";
            possible = orders.SetPointWatts;
        }
        else if (order.IsRunning && order.IsSetPoint && wanted > orders.ImportWatts)
        {
            reason = "limited";
            possible = orders.ImportWatts;
        }
        else if (order.IsRunning && order.IsSetPoint && wanted < -orders.ExportWatts)
        {
            reason = "limited";
            possible = -orders.ExportWatts;
        }
        else if (order.Kind != DispatchKind.Export && wanted != int.MinValue && wanted >= 0
            && wanted < _target.FloorWatts)
        {
            reason = "floor";
            possible = _target.FloorWatts;
        }

        result.Name("state");
        result.Value(reason == null ? "accepted" : "partly");
        if (reason != null)
        {
            result.Name("reason");
            result.Value(reason);
        }

        if (possible != wanted)
        {
            result.Name("possibleWatts");
            result.Value(possible);
        }
    }

    private void WriteInForce(ByteTextWriter result)
    {
        DispatchOrders orders = _target.Orders;
        if (orders.ImportWatts != LimitSet.None)
        {
            result.Name("importWatts");
            result.Value(orders.ImportWatts);
        }

        if (orders.ExportWatts != LimitSet.None)
        {
            result.Name("exportWatts");
            result.Value(orders.ExportWatts);
        }

        if (orders.SetPointPlace >= 0)
        {
            result.Name("setPointWatts");
            result.Value(orders.SetPointWatts);
        }

        result.Name("held");
        result.Value(orders.Count);
    }

    // Rows of level, id, kind, W, begin, end, priority, and 1 while it runs.
    private void WriteOrders(ByteTextWriter result)
    {
        result.Name("orders");
        result.BeginArray();
        for (int i = 0; i < DispatchOrders.CountMax; i++)
        {
            DispatchOrder order = _target.Orders.At(i);
            if (order.Id == 0)
            {
                continue;
            }

            result.BeginArray();
            result.Value(DispatchLevel.NameOf(order.Level));
            result.Value(order.Id);
            result.Value(DispatchKind.NameOf(order.Kind));
            result.Value(order.Watts);
            result.Value(order.FromUtc);
            result.Value(order.UntilUtc);
            result.Value(order.Priority);
            result.Value(order.IsRunning ? 1 : 0);
            result.EndArray();
        }

        result.EndArray();
    }

    private static bool TryReadMore(FlatJson arguments, string name, ref int known, long without, out long value)
    {
        value = without;
        if (!arguments.TryFind(name, out int _))
        {
            return true;
        }

        known++;
        return arguments.TryGetInteger(name, out value);
    }

    private static bool TryReadLevel(FlatJson arguments, out int level)
    {
        level = 0;
        bool isFound = arguments.TryFind("level", out int member);
        while (isFound && level < DispatchLevel.Count
            && !arguments.TextEquals(member, DispatchLevel.NameOf(level)))
        {
            level++;
        }

        return isFound && level < DispatchLevel.Count;
    }

    private static bool TryReadKind(FlatJson arguments, out int kind)
    {
        kind = 0;
        bool isFound = arguments.TryFind("kind", out int member);
        while (isFound && kind < DispatchKind.Count && !arguments.TextEquals(member, DispatchKind.NameOf(kind)))
        {
            kind++;
        }

        return isFound && kind < DispatchKind.Count;
    }
}
