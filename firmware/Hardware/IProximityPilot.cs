namespace MeterFirmware.Hardware;

/// <summary>The proximity contact (PP; CC in GB/T): a resistor in the cable's plug that codes what the cable
/// bears.</summary>
public interface IProximityPilot
{
    /// <summary>Reads the resistance to protective earth in Ω; an open circuit is int.MaxValue. False: not
    /// readable.</summary>
    bool TryReadOhms(out int ohms);
}
