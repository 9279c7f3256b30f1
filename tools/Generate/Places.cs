namespace MeterFirmware.Tools.Generate;

/// <summary>Namespaces that generated code stands in or refers to.</summary>
internal static class Places
{
    public const string BasicsSpace = "MeterFirmware.Basics";
    public const string EventCodeSpace = "MeterFirmware.Catalogue";
    public const string HistorySpace = "MeterFirmware.History";
    public const string Dlt645MeterSpace = "MeterFirmware.Dlt645Meter";
    public const string SmartMeterSpace = "MeterFirmware.SmartMeter";
    public const string SettingsSpace = "MeterFirmware.Commands";
    public const string ChargerFaultSpace = "MeterFirmware.ChargerSafety";

    /// <summary>The class that lists the meter's settings.</summary>
    public const string MeterSettingsList = "MeterSchema";
}
