using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Lines;

/// <summary>Puts one of the firmware's servers on a line; the result is its tick.</summary>
public delegate Action<long> MeterProtocol(ISerialLine line, MeterReadout meter, Dlt645Settings settings);
