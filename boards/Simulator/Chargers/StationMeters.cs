using MeterFirmware.Boards.Bench;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Chargers;

/// <summary>
/// The two meters of a station that watches its own efficiency: one at its supply, which also carries what the station
/// itself takes, one behind the contactor, whose contacts have a resistance that grows with age.
/// </summary>
public sealed class StationMeters
{
    private readonly ChargerBench _bench;

    public StationMeters(ChargerBench bench)
    {
        _bench = bench;
        Supply = new Meter(this, true);
        Outlet = new Meter(this, false);
    }

    public IPowerSensor Supply { get; }

    public IPowerSensor Outlet { get; }

    /// <summary>False: the meter at the supply is silent.</summary>
    public bool IsSupplyReadable { get; set; } = true;

    /// <summary>What the electronics and the coil take, mW.</summary>
    public int StandbyMilliwatts { get; set; } = 3_500;

    public int CoilMilliwatts { get; set; } = 4_000;

    /// <summary>Resistance of a pair of contacts in µΩ.</summary>
    public int ContactMicroohms { get; set; } = 1_000;

    private sealed class Meter(StationMeters station, bool isSupply) : IPowerSensor
    {
        public int Faults => SensorFault.None;

        public bool CountsEnergy => false;

        public bool TryRead(long nowMs, Measurement measurement)
        {
            ChargerBench bench = station._bench;
            bool isClosed = bench.AreContactsClosed;
            measurement.PhaseCount = 3;
            measurement.FrequencyMillihertz = bench.MillihertzOfMains;
            measurement.HasEnergy = false;
            for (int phase = 0; phase < 3; phase++)
            {
                int current = isClosed ? bench.LineMilliamps[phase] : 0;
                int voltage = bench.VoltageAt(phase);
                int own = isSupply && phase == 0 ? station.StandbyMilliwatts
                    + (bench.IsCoilOn ? station.CoilMilliwatts : 0) : 0;
                if (!isSupply)
                {
                    voltage = isClosed ? voltage - (int)((long)current * station.ContactMicroohms / 1_000_000) : 0;
                }

                int power = (int)((long)voltage * current / 1_000) + own;
                measurement.VoltageMillivolts[phase] = voltage;
                measurement.CurrentMilliamps[phase] = current;
                measurement.ActivePowerMilliwatts[phase] = power;
                measurement.ApparentPowerMillivoltamperes[phase] = power;
            }

            return !isSupply || station.IsSupplyReadable;
        }
    }
}
