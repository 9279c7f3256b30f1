namespace MeterFirmware.Charging;

/// <summary>Why a connector charges or waits; also the LED's pattern number.</summary>
public enum PlanReason
{
    Empty = 0,
    Served = 1,
    Charging = 2,

    /// <summary>The driver asked to charge now.</summary>
    Boost = 3,

    /// <summary>The departure has passed: charging at once.</summary>
    Late = 4,

    /// <summary>A cheaper slot comes before departure.</summary>
    WaitingForPrice = 5,

    /// <summary>It should charge, but others come first.</summary>
    WaitingForCapacity = 6,
}
