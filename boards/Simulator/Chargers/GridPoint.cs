using MeterFirmware.Boards.Bench;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Chargers;

/// <summary>
/// The meter where a building meets the grid: its own load, its generation, and the charger behind it. Power is shared
/// evenly by three phases.
/// </summary>
public sealed class GridPoint : IPowerSensor
{
    private const int PhaseCount = 3;

    /// <summary>What the building draws without the charger, W.</summary>
    public int HouseWatts { get; set; }

    /// <summary>What its photovoltaics give, W.</summary>
    public int SolarWatts { get; set; }

    /// <summary>False: the meter does not answer.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>The charger behind the meter.</summary>
    public ChargerBench Bench { get; set; }

    public int Faults => SensorFault.None;

    public bool CountsEnergy => false;

    /// <summary>Power at the grid point, W, import above 0.</summary>
    public int Watts
    {
        get
        {
            long milliwatts = 0;
            for (int phase = 0; phase < PhaseCount && Bench is not null; phase++)
            {
                milliwatts += Bench.MilliwattsOf(phase);
            }

            return HouseWatts - SolarWatts + (int)(milliwatts / 1_000);
        }
    }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        measurement.PhaseCount = PhaseCount;
        measurement.HasEnergy = false;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            measurement.ActivePowerMilliwatts[phase] = (int)(Watts * 1_000L / PhaseCount);
        }

        return Answers;
    }
}
