namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>Which pin is what on a charger board; −1 where a board lacks it and the comment says so.</summary>
public sealed class ChargerPins
{
    public int PilotPwm;

    /// <summary>ADC channels, not pins: the controller counts them.</summary>
    public int PilotHighChannel;
    public int PilotLowChannel;
    public int ProximityChannel;
    public int TemperatureChannel;

    public int Coil;
    public int Mirror;
    public int TickAlive;

    /// <summary>−1: a single-phase station.</summary>
    public int ThreePhases = -1;

    /// <summary>−1: no shunt trip.</summary>
    public int UpstreamTrip = -1;

    public int ResidualAlternating;
    public int ResidualDirect;
    public int ResidualTest;
    public int Earth;

    /// <summary>−1: a tethered cable.</summary>
    public int LockRun = -1;
    public int LockDirection = -1;
    public int LockEndSwitch = -1;

    /// <summary>−1: no lamps.</summary>
    public int LampRed = -1;
    public int LampGreen = -1;
    public int LampBlue = -1;

    public int SpiBus = 1;

    /// <summary>−1: no card reader.</summary>
    public int CardSelect = -1;

    public int SupplyFails;
}
