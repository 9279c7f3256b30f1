using MeterFirmware.Basics;

namespace MeterFirmware.Dispatch;

/// <summary>One order from above, and what came of it. An instance is made once and reused.</summary>
public sealed class DispatchOrder
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytes = 48;

    /// <summary>The order has not begun.</summary>
    public const int NotBegun = int.MinValue;

    private const int MillisPerMinute = 60_000;
    private const int EmergencyBit = 1;

    private long _lastMs;
    private long _milliwattMs;

    /// <summary>The sender's number of it, from 1; 0 = the place is free.</summary>
    public int Id { get; set; }

    /// <summary>One of <see cref="DispatchLevel"/>.</summary>
    public int Level { get; set; }

    /// <summary>One of <see cref="DispatchKind"/>.</summary>
    public int Kind { get; set; }

    /// <summary>Of two set-points the lower number is obeyed, 0 to 9.</summary>
    public int Priority { get; set; }

    /// <summary>Members are told by broadcast.</summary>
    public bool IsEmergency { get; set; }

    public long FromUtc { get; set; }

    public long UntilUtc { get; set; }

    public int Watts { get; set; }

    /// <summary>How fast it comes and goes, W a minute; 0 = at once.</summary>
    public int RampWatts { get; set; }

    /// <summary>What flowed when it began, W; <see cref="NotBegun"/>.</summary>
    public int BaseWatts { get; set; }

    /// <summary>Monotonic ms of its begin and end; mean something once it has begun since the start of the
    /// device.</summary>
    public long BeginMs { get; private set; }

    public long EndMs { get; private set; }

    /// <summary>It has begun since the start of the device.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Greatest change that was measured against what flowed at its begin, W; less import is above
    /// 0.</summary>
    public int DepthWatts { get; private set; }

    /// <summary>Energy of that change, Wh, less import above 0.</summary>
    public int WattHours => (int)(_milliwattMs / 3_600_000_000);

    /// <summary>A set-point, and no limit.</summary>
    public bool IsSetPoint => Kind == DispatchKind.SetPoint || Kind == DispatchKind.Change;

    /// <summary>Takes the figures of another one, what came of it too.</summary>
    public void CopyFrom(DispatchOrder other)
    {
        Id = other.Id;
        Level = other.Level;
        Kind = other.Kind;
        Priority = other.Priority;
        IsEmergency = other.IsEmergency;
        FromUtc = other.FromUtc;
        UntilUtc = other.UntilUtc;
        Watts = other.Watts;
        RampWatts = other.RampWatts;
        BaseWatts = other.BaseWatts;
        BeginMs = other.BeginMs;
        EndMs = other.EndMs;
        IsRunning = other.IsRunning;
        DepthWatts = other.DepthWatts;
        _lastMs = other._lastMs;
        _milliwattMs = other._milliwattMs;
    }

    /// <summary>It has not begun, and nothing came of it yet.</summary>
    public void Reset()
    {
        BaseWatts = NotBegun;
        IsRunning = false;
        DepthWatts = 0;
        _milliwattMs = 0;
    }

    /// <summary>Begins, or goes on after a restart: for so long on the monotonic clock, whatever the calendar does
    /// then.</summary>
    public void Begin(long nowMs, long forMs, int flowingWatts)
    {
        IsRunning = true;
        BeginMs = nowMs;
        EndMs = nowMs + forMs;
        _lastMs = nowMs;
        BaseWatts = BaseWatts == NotBegun ? flowingWatts : BaseWatts;
    }

    /// <summary>Takes other figures while it runs: it goes on from where it began.</summary>
    public void Change(DispatchOrder other)
    {
        EndMs += (other.UntilUtc - UntilUtc) * 1000;
        UntilUtc = other.UntilUtc;
        Watts = other.Watts;
        RampWatts = other.RampWatts;
        Priority = other.Priority;
        IsEmergency = other.IsEmergency;
    }

    /// <summary>Ends now, by its ramp.</summary>
    public void EndAt(long nowMs) => EndMs = nowMs < EndMs ? nowMs : EndMs;

    /// <summary>What it asks for in the end, W.</summary>
    public int TargetWatts => Kind == DispatchKind.Change ? BaseWatts + Watts : Watts;

    /// <summary>What it asks for now, W: by its ramp from what flowed, and back after its end.</summary>
    public int WattsAt(long nowMs)
    {
        int target = TargetWatts;
        if (RampWatts == 0)
        {
            return target;
        }

        // A limit above what flows takes nothing away on its way.
        int from = !IsSetPoint && BaseWatts < target ? target : BaseWatts;
        int towards = Towards(from, target, (nowMs < EndMs ? nowMs : EndMs) - BeginMs);
        return nowMs <= EndMs ? towards : Towards(towards, towards < BaseWatts ? int.MaxValue : int.MinValue,
            nowMs - EndMs);
    }

    /// <summary>It is over, and so is its way back.</summary>
    /// <param name="mostWatts">What is free without it.</param>
    public bool IsOver(long nowMs, int mostWatts)
    {
        bool isBack = RampWatts == 0 || Kind == DispatchKind.Export || WattsAt(EndMs) >= BaseWatts
            || WattsAt(nowMs) >= mostWatts;
        return nowMs >= EndMs && isBack;
    }

    /// <summary>Counts what it brought while it runs.</summary>
    public void Measure(long nowMs, int flowingWatts)
    {
        int given = BaseWatts - flowingWatts;
        if (nowMs < EndMs)
        {
            int size = given < 0 ? -given : given;
            DepthWatts = size > (DepthWatts < 0 ? -DepthWatts : DepthWatts) ? given : DepthWatts;
            _milliwattMs += (long)given * 1000 * (nowMs - _lastMs);
        }

        _lastMs = nowMs;
    }

    /// <summary>Writes <see cref="SavedBytes"/> bytes; returns the offset behind.</summary>
    public int Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt32(bytes, offset, Id);
        bytes[offset + 4] = (byte)Level;
        bytes[offset + 5] = (byte)Kind;
        bytes[offset + 6] = (byte)Priority;
        bytes[offset + 7] = (byte)(IsEmergency ? EmergencyBit : 0);
        LittleEndian.WriteInt64(bytes, offset + 8, FromUtc);
        LittleEndian.WriteInt64(bytes, offset + 16, UntilUtc);
        LittleEndian.WriteInt32(bytes, offset + 24, Watts);
        LittleEndian.WriteInt32(bytes, offset + 28, RampWatts);
        LittleEndian.WriteInt32(bytes, offset + 32, BaseWatts);
        LittleEndian.WriteInt32(bytes, offset + 36, DepthWatts);
        LittleEndian.WriteInt64(bytes, offset + 40, _milliwattMs);
        return offset + SavedBytes;
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: a figure that none of ours has; the order is free
    /// then.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        Reset();
        Id = LittleEndian.ReadInt32(bytes, offset);
        Level = bytes[offset + 4];
        Kind = bytes[offset + 5];
        Priority = bytes[offset + 6];
        IsEmergency = (bytes[offset + 7] & EmergencyBit) != 0;
        FromUtc = LittleEndian.ReadInt64(bytes, offset + 8);
        UntilUtc = LittleEndian.ReadInt64(bytes, offset + 16);
        Watts = LittleEndian.ReadInt32(bytes, offset + 24);
        RampWatts = LittleEndian.ReadInt32(bytes, offset + 28);
        BaseWatts = LittleEndian.ReadInt32(bytes, offset + 32);
        DepthWatts = LittleEndian.ReadInt32(bytes, offset + 36);
        _milliwattMs = LittleEndian.ReadInt64(bytes, offset + 40);
        bool isGood = Id > 0 && Level < DispatchLevel.Count && Kind < DispatchKind.Count && FromUtc >= 0
            && UntilUtc > FromUtc && UntilUtc - FromUtc <= DispatchOrders.SecondsMax && RampWatts >= 0
            && Watts >= -DispatchOrders.WattsMax && Watts <= DispatchOrders.WattsMax;
        Id = isGood ? Id : 0;
        return isGood;
    }

    private int Towards(int from, int to, long elapsedMs)
    {
        long moved = elapsedMs * RampWatts / MillisPerMinute;
        long reached = to > from ? from + moved : from - moved;
        bool isThere = to > from ? reached >= to : reached <= to;
        return isThere ? to : (int)reached;
    }
}
