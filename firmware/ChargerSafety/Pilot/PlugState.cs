namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>What is known of the plug. A pilot that is interrupted, shorted or not read says nothing of it: only a
/// pilot at 12 V for <see cref="SafetySettings.PlugOutMs"/> shows a plug that is out.</summary>
public enum PlugState
{
    /// <summary>12 V for less than the stated time, 0 V, −12 V, no valid level, or nothing seen yet.</summary>
    Unknown = 0,

    /// <summary>9, 6 or 3 V: a vehicle answers.</summary>
    Plugged = 1,

    /// <summary>12 V for the stated time: the plug has been seen to be out.</summary>
    Gone = 2,
}
