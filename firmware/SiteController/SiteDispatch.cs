using MeterFirmware.Arbiter;
using MeterFirmware.Dispatch;

namespace MeterFirmware.SiteController;

/// <summary>
/// Orders from above to the site. Limits and set-points become one limit of the mains, alike on all phases; a set-point
/// for more lets nobody wait for a price. Takes room from the first order on.
/// </summary>
public sealed class SiteDispatch : IDispatchTarget
{
    private readonly CompleteSite _site;
    private readonly SiteSettings _settings;
    private DispatchOrders _orders;

    internal SiteDispatch(CompleteSite site, SiteSettings settings)
    {
        _site = site;
        _settings = settings;
    }

    public DispatchOrders Orders
    {
        get
        {
            _orders = _orders == null ? new DispatchOrders() : _orders;
            return _orders;
        }
    }

    /// <summary>Orders are held.</summary>
    public bool HasOrders => _orders != null && _orders.Count > 0;

    public int ImportWattsMax => WattsOf(_settings.LimitMilliamps[0]);

    /// <summary>No member gives back by a site's order.</summary>
    public int ExportWattsMax => 0;

    /// <summary>The building, and what silent members may draw.</summary>
    public int FloorWatts
    {
        get
        {
            long milliwatts = 0;
            for (int i = 0; i < _settings.MemberCount; i++)
            {
                bool isSilent = !_site.Product.Site.Leader.IsHeard(i, NowMs);
                milliwatts += isSilent ? (long)_site.Product.Site.Leader.HeldMilliampsOf(i, NowMs)
                    * _settings.NominalVolts * _site.Product.Site.Connectors.PhaseCountOf(i) : 0;
            }

            int building = _site.Product.FlowingWatts(NowMs) - _site.Product.MemberWatts(NowMs);
            return (int)(milliwatts / 1000) + (building > 0 ? building : 0);
        }
    }

    public long NowMs => _site.NowMs;

    public bool TryReadUtc(out long utcSeconds) => _site.TryReadUtc(out utcSeconds);

    public bool TryKeepOrders() => _site.TrySave();

    public void Follow() => _site.FindLimit();

    /// <summary>Once a round, before the limit is found.</summary>
    /// <param name="utcSeconds">Now; without the time the earliest that it can be.</param>
    public void Tick(long nowMs, bool isTimed, long utcSeconds)
    {
        if (_orders == null)
        {
            return;
        }

        int ended = _orders.Tick(nowMs, isTimed, utcSeconds, _site.Product.FlowingWatts(nowMs), ImportWattsMax);
        int watts = _orders.ImportWatts;
        bool isMore = false;
        if (_orders.SetPointPlace >= 0)
        {
            DispatchOrder order = _orders.At(_orders.SetPointPlace);
            watts = _orders.SetPointWatts < watts ? _orders.SetPointWatts : watts;
            isMore = order.Kind == DispatchKind.SetPoint || order.Watts > 0;
        }

        _site.Product.Site.SharesNow = isMore;
        _site.Product.Site.Leader.Cut.IsOn = _orders.IsEmergency;
        _site.Limit.SetDispatch(watts == LimitSet.None ? watts : watts < 0 ? 0 : MilliampsOf(watts));
        if (ended >= 0)
        {
            _site.Recorder.NoteDispatch(_orders.At(ended), nowMs);
            _orders.Free(ended);
        }

        if (ended >= 0 || _orders.HasBegun)
        {
            _orders.HasBegun = false;
            _site.SaveSoon();
        }
    }

    private int WattsOf(int milliamps) => (int)((long)milliamps * _settings.NominalVolts * _settings.Phases / 1000);

    // Rounded down: no more than the order.
    private int MilliampsOf(int watts) => (int)((long)watts * 1000 / (_settings.NominalVolts * _settings.Phases));
}
