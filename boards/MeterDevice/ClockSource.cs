using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>Opens the bus of the battery clock that a board has. Null: none.</summary>
public delegate IBatteryClock ClockSource();
