using MeterFirmware.Supervision;

namespace MeterFirmware.Boards.Device;

/// <summary>The calendar of a board: kept on the monotonic clock, corrected by two time servers, so that no single
/// answer sets a date.</summary>
public sealed class BoardTime
{
    private readonly SntpQuery _query;

    public BoardTime(BoardSettings settings)
    {
        SystemClock clock = new SystemClock();
        Keeper = new TimeKeeper(clock);
        _query = new SntpQuery(clock, Keeper, new NetworkTime(settings.TimeServer, settings.SecondTimeServer));
    }

    /// <summary>The product's clock.</summary>
    public TimeKeeper Keeper { get; }

    /// <summary>Before the product's tick.</summary>
    /// <param name="nowMs">Monotonic.</param>
    /// <param name="network">Null: none.</param>
    public void Tick(long nowMs, NetworkStarter network)
    {
        Keeper.Tick(nowMs);
        if (network != null && network.IsReady)
        {
            _query.Tick(nowMs);
        }
    }
}
