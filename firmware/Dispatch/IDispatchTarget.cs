namespace MeterFirmware.Dispatch;

/// <summary>The product that orders from above are for.</summary>
public interface IDispatchTarget
{
    /// <summary>The orders; made when the first one arrives.</summary>
    DispatchOrders Orders { get; }

    /// <summary>Most import that was commissioned, W.</summary>
    int ImportWattsMax { get; }

    /// <summary>Most export that it can give, W; 0 = none.</summary>
    int ExportWattsMax { get; }

    /// <summary>The least import that a limit can bring about now, W: what nobody here can lower.</summary>
    int FloorWatts { get; }

    /// <summary>Monotonic ms.</summary>
    long NowMs { get; }

    /// <summary>UTC seconds. False: the time is not known.</summary>
    bool TryReadUtc(out long utcSeconds);

    /// <summary>Stores the orders. False: the store refused.</summary>
    bool TryKeepOrders();

    /// <summary>Puts what holds in force.</summary>
    void Follow();
}
