using MeterFirmware.Dispatch;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dispatch;

/// <summary>Orders on a clock that a test moves.</summary>
internal sealed class DispatchBench
{
    public const long Utc = 1_790_820_000L;
    public const int MostWatts = 44_160;

    public DispatchOrders Orders = new DispatchOrders();
    public long NowMs = 1_000;
    public long UtcSeconds = Utc;
    public int FlowingWatts = 40_000;
    public int Ended = -1;

    public static DispatchOrder Order(int id, int level, int kind, int watts, int from, int until, int priority,
        int rampWatts)
    {
        DispatchOrder order = new DispatchOrder
        {
            Id = id,
            Level = level,
            Kind = kind,
            Watts = watts,
            FromUtc = Utc + from,
            UntilUtc = Utc + until,
            Priority = priority,
            RampWatts = rampWatts,
        };
        order.Reset();
        return order;
    }

    public void Take(
        int id, int level, int kind, int watts, int from, int until, int priority = 9, int rampWatts = 0) =>
        Assert.IsTrue(Orders.Take(Order(id, level, kind, watts, from, until, priority, rampWatts)) >= 0);

    public void RunTo(int second)
    {
        while (UtcSeconds < Utc + second)
        {
            Tick(1_000);
        }

        Tick(0);
    }

    public void Tick(int milliseconds)
    {
        NowMs += milliseconds;
        UtcSeconds += milliseconds / 1_000;
        int ended = Orders.Tick(NowMs, true, UtcSeconds, FlowingWatts, MostWatts);
        while (ended >= 0)
        {
            Ended = ended;
            Orders.Free(ended);
            ended = Orders.Tick(NowMs, true, UtcSeconds, FlowingWatts, MostWatts);
        }
    }

    public int Untimed()
    {
        int ended = Orders.Tick(NowMs, false, Utc, FlowingWatts, MostWatts);
        if (ended >= 0)
        {
            Orders.Free(ended);
        }

        return Orders.ImportWatts;
    }
}
