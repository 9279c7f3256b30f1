using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>Opens the bus of the FRAM that a board has. Null: none.</summary>
public delegate IStoreSource StoreSource();
