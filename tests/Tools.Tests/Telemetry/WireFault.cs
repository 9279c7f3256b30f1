namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What a <see cref="FaultyWire"/> does.</summary>
internal enum WireFault
{
    None,

    /// <summary>Holds every byte until it is told otherwise, then all of them go on.</summary>
    Stop,

    /// <summary>Takes connections and answers nothing: no CONNACK.</summary>
    NoAnswer,

    /// <summary>Ends the half towards the device of one connection.</summary>
    HalfClose,

    /// <summary>Cuts one connection in the middle of a packet.</summary>
    CutInPacket,

    /// <summary>Holds every piece for a while.</summary>
    Delay,

    /// <summary>The broker hears, the device does not.</summary>
    SwallowAnswers,

    /// <summary>Nobody hears anything, and no connection breaks.</summary>
    SwallowAll,
}
