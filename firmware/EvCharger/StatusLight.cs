using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>The connector's status as a colour and a rhythm (README.md, "The light").</summary>
public sealed class StatusLight
{
    private const int SlowMs = 1_000;
    private const int FastMs = 250;

    private readonly IIndicator _indicator;
    private int _shown = -1;

    public StatusLight(IIndicator indicator)
    {
        _indicator = indicator;
    }

    /// <param name="status">A <see cref="ConnectorStatus"/>.</param>
    /// <param name="waitsForPrice">Suspended by us because a cheaper time comes.</param>
    /// <param name="needsPerson">A fault that does not clear by itself.</param>
    /// <param name="nowMs">Monotonic ms.</param>
    public void Show(int status, bool waitsForPrice, bool needsPerson, long nowMs)
    {
        bool isSlowOn = nowMs / SlowMs % 2 == 0;
        bool isFastOn = nowMs / FastMs % 2 == 0;
        int colour;
        switch (status)
        {
            case ConnectorStatus.Available: colour = 0x00FF00; break;
            case ConnectorStatus.Preparing: colour = isFastOn ? 0x0000FF : 0; break;
            case ConnectorStatus.Charging: colour = 0x0000FF; break;
            case ConnectorStatus.SuspendedEv: colour = isSlowOn ? 0x0000FF : 0; break;
            case ConnectorStatus.SuspendedEvse: colour = !isSlowOn ? 0 : waitsForPrice ? 0x8000FF : 0x00FFFF; break;
            case ConnectorStatus.Finishing: colour = isSlowOn ? 0x00FF00 : 0; break;
            case ConnectorStatus.Reserved: colour = 0xFFA000; break;
            default: colour = needsPerson || isFastOn ? 0xFF0000 : 0; break;
        }

        if (colour != _shown)
        {
            _shown = colour;
            _indicator.Set(colour >> 16, (colour >> 8) & 0xFF, colour & 0xFF);
        }
    }
}
