namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What a <see cref="SyntheticMeter"/> speaks.</summary>
internal enum Speaks
{
    /// <summary>Protocol 1.1, not commissioned.</summary>
    Current,

    /// <summary>Protocol 1.1 with a secret; plain acknowledgements are refused.</summary>
    CurrentSigned,

    /// <summary>What release 0.1.0 sent and took.</summary>
    Release010,
}
