using MeterFirmware.Arbiter;
using MeterFirmware.Basics;

namespace MeterFirmware.Dispatch;

/// <summary>
/// Orders from above, each with its own begin and end. Of limits the least holds, whoever set it; of set-points the one
/// of the lowest priority number is obeyed, then that of the higher level, then the newer. Once begun an order runs for
/// its length on the monotonic clock: a step of the calendar neither ends nor prolongs it.
/// </summary>
public sealed class DispatchOrders
{
    /// <summary>Orders that are held at once.</summary>
    public const int CountMax = 8;

    /// <summary>Longest order, and how far ahead one may begin: a week.</summary>
    public const int SecondsMax = 7 * 86_400;

    /// <summary>No connection of this kind has more: 10 MW.</summary>
    public const int WattsMax = 10_000_000;

    /// <summary>Last priority.</summary>
    public const int PriorityMax = 9;

    /// <summary>Most bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytesMax = 1 + CountMax * DispatchOrder.SavedBytes;

    private readonly DispatchOrder[] _orders = new DispatchOrder[CountMax];
    private readonly DispatchOrder _before = new DispatchOrder();
    private int _changed;

    public DispatchOrders()
    {
        for (int i = 0; i < CountMax; i++)
        {
            _orders[i] = new DispatchOrder();
        }
    }

    /// <summary>Orders that are held, those that have not begun among them.</summary>
    public int Count { get; private set; }

    /// <summary>Least import limit now, W; <see cref="LimitSet.None"/>: nobody limits.</summary>
    public int ImportWatts { get; private set; } = LimitSet.None;

    /// <summary>Whose it is, a place; −1: nobody's.</summary>
    public int ImportPlace { get; private set; } = -1;

    /// <summary>Least export limit now, W; <see cref="LimitSet.None"/>: nobody limits.</summary>
    public int ExportWatts { get; private set; } = LimitSet.None;

    /// <summary>The set-point that is obeyed, a place; −1: none is.</summary>
    public int SetPointPlace { get; private set; } = -1;

    /// <summary>The set-point, W, import above 0, within the limits.</summary>
    public int SetPointWatts { get; private set; }

    /// <summary>An order has begun since this was taken back: a good moment to save.</summary>
    public bool HasBegun { get; set; }

    /// <summary>An emergency limit holds.</summary>
    public bool IsEmergency { get; private set; }

    /// <summary>An order by its place, 0 to <see cref="CountMax"/> − 1; its Id is 0 where none is held.</summary>
    public DispatchOrder At(int place) => _orders[place];

    /// <summary>The place of an order; −1: it is not held.</summary>
    public int Find(int level, int id)
    {
        for (int i = 0; i < CountMax; i++)
        {
            if (_orders[i].Id == id && id != 0 && _orders[i].Level == level)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Takes an order, in place of the level's one of the same number. Until the next change
    /// <see cref="Undo"/> takes that back. Returns its place; −1: there is no room.</summary>
    public int Take(DispatchOrder order)
    {
        int place = Find(order.Level, order.Id);
        place = place < 0 ? FreePlace() : place;
        if (place < 0)
        {
            return -1;
        }

        Remember(place);
        DispatchOrder held = _orders[place];
        if (held.Id == order.Id && held.IsRunning && held.Kind == order.Kind)
        {
            held.Change(order);
        }
        else
        {
            held.CopyFrom(order);
            held.Reset();
        }

        FindCount();
        return place;
    }

    /// <summary>Ends an order: now, by its ramp, or before it begins. Until the next change <see cref="Undo"/> takes
    /// that back. False: it is not held.</summary>
    public bool TryCancel(int level, int id, long nowMs)
    {
        int place = Find(level, id);
        if (place < 0)
        {
            return false;
        }

        Remember(place);
        if (_orders[place].IsRunning)
        {
            _orders[place].EndAt(nowMs);
            _orders[place].UntilUtc = _orders[place].FromUtc + 1;
        }
        else
        {
            _orders[place].Id = 0;
        }

        FindCount();
        return true;
    }

    /// <summary>Takes the newest change back.</summary>
    public void Undo()
    {
        _orders[_changed].CopyFrom(_before);
        FindCount();
    }

    /// <summary>Begins, follows and ends orders, and finds what holds. Returns the place of one that has just ended, to
    /// be told of and then freed by <see cref="Free"/>; −1: none has.</summary>
    /// <param name="isTimed">False: the time is not known. Limits that cannot be over yet hold, set-points do
    /// not.</param>
    /// <param name="utcSeconds">Now; without the time the earliest that it can be.</param>
    /// <param name="flowingWatts">At the connection, import above 0.</param>
    /// <param name="mostWatts">What is free without orders.</param>
    public int Tick(long nowMs, bool isTimed, long utcSeconds, int flowingWatts, int mostWatts)
    {
        int ended = -1;
        for (int i = 0; Count > 0 && i < CountMax; i++)
        {
            DispatchOrder order = _orders[i];
            if (order.Id == 0)
            {
                continue;
            }

            Follow(order, nowMs, isTimed, utcSeconds, flowingWatts);
            ended = ended < 0 && order.IsRunning && order.IsOver(nowMs, mostWatts) ? i : ended;
        }

        FindLimits(nowMs, ended);
        return ended;
    }

    /// <summary>An order that has ended leaves its place.</summary>
    public void Free(int place)
    {
        _orders[place].Id = 0;
        FindCount();
    }

    /// <summary>Writes the orders; returns the offset behind them.</summary>
    public int Save(byte[] bytes, int offset)
    {
        bytes[offset] = (byte)Count;
        int at = offset + 1;
        for (int i = 0; i < CountMax; i++)
        {
            at = _orders[i].Id == 0 ? at : _orders[i].Save(bytes, at);
        }

        return at;
    }

    /// <summary>Reads what <see cref="Save"/> wrote, once at the start. One that is no good is left out. False: it is
    /// cut, and nothing changes.</summary>
    public bool TryLoad(byte[] bytes, int offset, int count)
    {
        if (count < 1 || bytes[offset] > CountMax || count < 1 + bytes[offset] * DispatchOrder.SavedBytes)
        {
            return false;
        }

        for (int i = 0; i < bytes[offset]; i++)
        {
            _orders[i].TryLoad(bytes, offset + 1 + i * DispatchOrder.SavedBytes);
        }

        FindCount();
        return true;
    }

    private void Follow(DispatchOrder order, long nowMs, bool isTimed, long utcSeconds, int flowingWatts)
    {
        if (order.IsRunning)
        {
            order.Measure(nowMs, flowingWatts);
            return;
        }

        if (utcSeconds >= order.UntilUtc)
        {
            // Its time passed while nobody was there, or a step of the calendar left it out.
            order.Id = order.BaseWatts == DispatchOrder.NotBegun ? 0 : order.Id;
            if (order.Id != 0)
            {
                order.Begin(nowMs, 0, flowingWatts);
            }

            FindCount();
        }
        else if (isTimed ? utcSeconds >= order.FromUtc : !order.IsSetPoint)
        {
            long from = isTimed ? utcSeconds : order.FromUtc;
            HasBegun = true;
            order.Begin(nowMs, (order.UntilUtc - from) * 1000, flowingWatts);
        }
    }

    private void FindLimits(long nowMs, int ended)
    {
        ImportWatts = LimitSet.None;
        ExportWatts = LimitSet.None;
        ImportPlace = -1;
        SetPointPlace = -1;
        IsEmergency = false;
        for (int i = 0; Count > 0 && i < CountMax; i++)
        {
            DispatchOrder order = _orders[i];
            if (order.Id == 0 || !order.IsRunning || i == ended)
            {
                continue;
            }

            int watts = order.WattsAt(nowMs);
            if (order.Kind == DispatchKind.Import)
            {
                IsEmergency |= order.IsEmergency && nowMs < order.EndMs;
                ImportPlace = watts < ImportWatts ? i : ImportPlace;
                ImportWatts = Numbers.Least(ImportWatts, watts);
            }
            else if (order.Kind == DispatchKind.Export)
            {
                ExportWatts = Numbers.Least(ExportWatts, watts);
            }
            else if (ComesFirst(order))
            {
                SetPointPlace = i;
                SetPointWatts = watts;
            }
        }

        SetPointWatts = Numbers.Least(SetPointWatts, ImportWatts);
        SetPointWatts = SetPointWatts < -ExportWatts ? -ExportWatts : SetPointWatts;
    }

    // Equal in both: the one that began later.
    private bool ComesFirst(DispatchOrder order)
    {
        if (SetPointPlace < 0)
        {
            return true;
        }

        DispatchOrder first = _orders[SetPointPlace];
        return order.Priority != first.Priority ? order.Priority < first.Priority
            : order.Level != first.Level ? order.Level < first.Level : order.BeginMs > first.BeginMs;
    }

    private int FreePlace()
    {
        for (int i = 0; i < CountMax; i++)
        {
            if (_orders[i].Id == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private void Remember(int place)
    {
        _changed = place;
        _before.CopyFrom(_orders[place]);
    }

    private void FindCount()
    {
        Count = 0;
        for (int i = 0; i < CountMax; i++)
        {
            Count += _orders[i].Id == 0 ? 0 : 1;
        }
    }
}
