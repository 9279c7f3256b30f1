using MeterFirmware.Boards.SettingsFile;

namespace MeterFirmware.Boards.Device;

/// <summary>Starts the network that a board has. Null: none.</summary>
public delegate NetworkStarter NetworkSource(BoardSettings settings);
