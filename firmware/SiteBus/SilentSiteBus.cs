namespace MeterFirmware.SiteBus;

/// <summary>A bus that nobody is on: its member keeps the safe current.</summary>
public sealed class SilentSiteBus : ISiteBus
{
    public void Tick(long nowMs)
    {
    }

    public bool TrySend(byte[] frame, int length) => false;

    public bool TryReceive(byte[] frame, out int length)
    {
        length = 0;
        return false;
    }
}
