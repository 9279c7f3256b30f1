using MeterFirmware.Arbiter;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>
/// A vehicle that gives back as a unit under a grid profile: how much of what is wanted it gives, and when it must
/// leave the mains. It only ever gives; what it takes is the pilot's offer, and a load keeps its own window.
/// </summary>
public sealed class VehicleGrid
{
    // Support that is asked for by less is none that a meter sees; what pauses for less is one event.
    private const long SupportMilliwattsMin = 100_000;
    private const int SupportQuietMs = 10_000;

    private readonly GridUnit _unit;
    private readonly Measurement _mains;

    /// <param name="profile">Of a grid code; not "none".</param>
    /// <param name="settings">What the station is wired for.</param>
    /// <param name="mains">The reading that the mains are judged by.</param>
    public VehicleGrid(GridProfile profile, SafetySettings settings, Measurement mains)
    {
        Profile = profile;
        _mains = mains;
        int hertz = settings.NominalMillihertz > 0 ? settings.NominalMillihertz : profile[GridField.NominalMillihertz];
        int watts = (int)((long)settings.NominalMillivolts * settings.StationMilliampsMax / 1_000_000
            * settings.PhaseCount);
        RatedWatts = watts;
        NominalMillihertz = hertz;
        _unit = new GridUnit(profile, watts, 0, settings.NominalMillivolts, hertz, settings.PhaseCount);
        _unit.ImportWatts.Set(SetPointSource.Safety, 0, LimitSet.Always);

        // A charger that starts has just got its supply.
        _unit.Ride.Start(0);
    }

    public GridProfile Profile { get; }

    /// <summary>Of both directions, W.</summary>
    public int RatedWatts { get; }

    /// <summary>That the profile's frequencies count from.</summary>
    public int NominalMillihertz { get; }

    /// <summary>Where it stands towards the mains.</summary>
    public RideThrough Ride => _unit.Ride;

    /// <summary>Who wants how much, W, import > 0: the discharge that is decided here is the price's; who sets another
    /// is obeyed before it.</summary>
    public SetPoints Wanted => _unit.Wanted;

    /// <summary>What it gave to support the grid.</summary>
    public SupportTally Support { get; } = new SupportTally(SupportMilliwattsMin, SupportQuietMs);

    /// <summary>The mains let it give: at least they will again when a short disturbance is over.</summary>
    public bool MayGive => _unit.Ride.State != GridState.Trip && _unit.Ride.State != GridState.Wait;

    /// <summary>What is to be given now, W.</summary>
    public int Watts => -_unit.Watts;

    /// <summary>Bit of the <see cref="ChargerFault"/> by which the profile trips; 0: it does not. A meter that says
    /// nothing is a fault of its own.</summary>
    public int Fault
    {
        get
        {
            if (MayGive)
            {
                return 0;
            }

            switch (_unit.Ride.Cause)
            {
                case TripKind.OverVoltage:
                case TripKind.MeanVoltage:
                    return 1 << ChargerFault.OverVoltage;
                case TripKind.UnderVoltage:
                    return 1 << ChargerFault.UnderVoltage;
                case TripKind.UnderFrequency:
                case TripKind.OverFrequency:
                    return 1 << ChargerFault.Frequency;
                default:
                    return 0;
            }
        }
    }

    /// <summary>In every tick: takes the reading and decides.</summary>
    /// <param name="isMeasured">The reading is of this tick.</param>
    /// <param name="wantedWatts">To be given without the grid; 0 = nothing.</param>
    /// <param name="mostWatts">That may be given, whatever the frequency asks.</param>
    public void Tick(long nowMs, bool isMeasured, int wantedWatts, int mostWatts)
    {
        if (wantedWatts > 0)
        {
            _unit.Wanted.Set(SetPointSource.Price, -wantedWatts, LimitSet.Always);
        }
        else
        {
            _unit.Wanted.Clear(SetPointSource.Price);
        }

        _unit.ExportWatts.Set(SetPointSource.Safety, mostWatts, LimitSet.Always);
        _unit.Tick(nowMs, _mains, isMeasured);
    }

    /// <summary>Tallies what it gave beside what was wanted. True: an event is over.</summary>
    /// <param name="isGiving">The vehicle is told to give.</param>
    /// <param name="measuredMilliwatts">At the charger's meter, import > 0.</param>
    public bool TakeSupport(long nowMs, bool isGiving, long measuredMilliwatts)
    {
        // Who does not give is asked for nothing: what is measured then is a load's. Nor is the way back support.
        bool isAsked = isGiving && _unit.Ride.State == GridState.Run;
        long undisturbed = isAsked ? _unit.UndisturbedMilliwatts : 0;
        return Support.Tick(nowMs, undisturbed, isAsked ? _unit.Milliwatts : 0, isAsked ? measuredMilliwatts : 0);
    }
}
