using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>A one-phase meter with floats behind a server, and a sensor that reads it over a line.</summary>
public sealed class SdmBench
{
    private readonly RegisterBank _bank = new RegisterBank(80);
    private readonly ModbusServer _server;
    private long _nowMs;

    public SdmBench(string profile)
    {
        ScriptedLine line = ScriptedLine.Pair();
        _server = new ModbusServer(line.Other, new ModbusSettings(), _bank);
        Sensor = new ModbusPowerSensor(
            new ModbusClient(line, ModbusFraming.Rtu), new ModbusProfileReader().Read(profile), 1);
        SetFloat(0, 230_500, 1_000);
        SetFloat(12, 700, 1);
        SetImport(0);
    }

    public ModbusPowerSensor Sensor { get; }

    public bool IsSilent { get; set; }

    public bool HasReading { get; private set; }

    /// <summary>Imported since the start, as the sensor told.</summary>
    public long MicroJoules { get; private set; }

    public void SetImport(int wattHours) => SetFloat(0x48, wattHours, 1_000);

    public void SetFloat(int register, long value, int divisor)
    {
        int bits = ModbusFloat.FromRatio(value, divisor);
        _bank.Registers[register] = (bits >> 16) & 0xFFFF;
        _bank.Registers[register + 1] = bits & 0xFFFF;
    }

    public void Run(Measurement measurement, int ticks)
    {
        for (int i = 0; i < ticks; i++)
        {
            HasReading = Sensor.TryRead(_nowMs, measurement);
            MicroJoules += HasReading ? measurement.ImportMicrojoules[0] : 0;
            if (!IsSilent)
            {
                _server.Tick(_nowMs);
            }

            _nowMs += 10;
        }
    }
}
