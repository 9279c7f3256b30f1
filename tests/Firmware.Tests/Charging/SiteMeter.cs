using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>The meter at a site's mains: chargers and building together, on demand silent.</summary>
public sealed class SiteMeter : IPowerSensor
{
    private readonly int[] _chargers = new int[3];

    /// <summary>The building's own load, mA a phase; below 0 it feeds in.</summary>
    public int BuildingMilliamps { get; set; }

    public bool IsSilent { get; set; }

    public int Faults => IsSilent ? SensorFault.Missing : 0;

    public bool CountsEnergy => false;

    public void Show(int[] chargers)
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _chargers[phase] = chargers[phase];
        }
    }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        measurement.PhaseCount = 3;
        for (int phase = 0; phase < 3; phase++)
        {
            int signed = _chargers[phase] + BuildingMilliamps;
            measurement.CurrentMilliamps[phase] = signed < 0 ? -signed : signed;
            measurement.ActivePowerMilliwatts[phase] = signed * 230;
        }

        return !IsSilent;
    }
}
