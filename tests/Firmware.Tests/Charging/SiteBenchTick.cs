namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>Looks at a bench after a tick.</summary>
public delegate void SiteBenchTick();
