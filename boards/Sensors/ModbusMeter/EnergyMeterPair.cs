using MeterFirmware.Hardware;
using MeterFirmware.Modbus;

namespace MeterFirmware.Boards.Sensors.ModbusMeter;

/// <summary>
/// A charger's chip and its own energy meter as one sensor: voltages, currents and powers are the chip's, which the
/// safety loop judges every 10 ms; energy is the meter's, which is what is billed. A reading needs both. A meter that
/// is silent ends it, so nothing is delivered for long that the meter cannot show; what it counted meanwhile comes with
/// its next answer.
/// </summary>
public sealed class EnergyMeterPair : IPowerSensor
{
    /// <summary>The meter is asked twice a second: so old may its last answer be.</summary>
    public const int SilentMsMax = 5_000;

    private readonly IPowerSensor _chip;
    private readonly ModbusPowerSensor _meter;
    private readonly Measurement _counted = new Measurement();
    private long _import;
    private long _export;
    private long _reactive;
    private bool _isHeard;

    /// <param name="chip">The board's own.</param>
    /// <param name="meter">Counts energy.</param>
    public EnergyMeterPair(IPowerSensor chip, ModbusPowerSensor meter)
    {
        _chip = chip;
        _meter = meter;
        _meter.StaleMs = SilentMsMax;
    }

    public int Faults => _chip.Faults
        | (_isHeard ? _meter.Faults & SensorFault.EnergyGap : SensorFault.Missing);

    public bool CountsEnergy => true;

    /// <summary>True: what such a meter tells can be billed.</summary>
    public static bool Bills(ModbusProfile profile) => profile.Has(Quantity.Import, 0);

    /// <summary>Asks the meter; in each tick, behind the safety loop.</summary>
    public void Poll(long nowMs)
    {
        _isHeard = _meter.TryRead(nowMs, _counted);
        if (!_isHeard)
        {
            return;
        }

        // All phases together in the first column.
        _import += _counted.ImportMicrojoules[0];
        _export += _counted.ExportMicrojoules[0];
        _reactive += _counted.ReactiveMicrovarSeconds[0];
    }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_chip.TryRead(nowMs, measurement) || !_isHeard)
        {
            return false;
        }

        measurement.HasEnergy = true;
        for (int phase = 0; phase < Measurement.PhaseCountMax; phase++)
        {
            measurement.ImportMicrojoules[phase] = 0;
            measurement.ExportMicrojoules[phase] = 0;
            measurement.ReactiveMicrovarSeconds[phase] = 0;
        }

        measurement.ImportMicrojoules[0] = _import;
        measurement.ExportMicrojoules[0] = _export;
        measurement.ReactiveMicrovarSeconds[0] = _reactive;
        _import = 0;
        _export = 0;
        _reactive = 0;
        return true;
    }
}
