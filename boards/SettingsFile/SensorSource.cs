namespace MeterFirmware.Boards.SettingsFile;

/// <summary>Opens the buses of the metering chips that a board's image carries.</summary>
public delegate SensorTable SensorSource();
