namespace MeterFirmware.Tools.HeadEnds.Web.Settings;

/// <summary>A setting that cannot be: one line for a person.</summary>
public sealed class SettingsException(string message) : Exception(message);
