using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Demo;

/// <summary>
/// A home with photovoltaics and a vehicle that can give back, from 06:00 to 22:00: by day the charger follows the
/// surplus at the grid point, in the evening the vehicle holds the home's peak down. The real charger firmware on a
/// bench of its own.
/// </summary>
public sealed class DemoHome
{
    /// <summary>What the home may draw in the evening while the vehicle helps, W.</summary>
    public const int PeakWatts = 2_000;

    private const int SecondsPerHour = 3_600;
    private const int FirstHour = 6;
    private const int LastHour = 22;
    private const int ArrivalHour = 8;
    private const int EveningHour = 17;
    private const int EveningEndHour = 21;
    private const int SolarWattsMax = 5_000;
    private const int DayHouseWatts = 500;
    private const int EveningHouseWatts = 5_500;
    private const int StoredPermille = 400;
    private const int NeededPermille = 500;
    private const int DischargeWatts = 7_000;

    private const int RecordBytesMax = 640;

    // The contactor closes, maybe after a pause of 30 s for other phases, and the vehicle follows.
    private const int SettleSeconds = 120;
    private const int TolerancePeakWatts = 100;

    private readonly GridPoint _grid = new();
    private readonly SimulatedGateway _gateway = new() { StoredPermille = StoredPermille };
    private readonly MemoryRecordLog _log = new(512, RecordBytesMax);
    private readonly SimulatedCharger _charger;
    private readonly long _departureUtcSeconds;
    private long _solarJoules;
    private long _houseJoules;
    private long _importJoules;
    private long _exportJoules;

    /// <param name="tariff">At most 8 rates, no tiers.</param>
    /// <param name="dayStartUtcSeconds">Local midnight.</param>
    public DemoHome(TariffTable tariff, long dayStartUtcSeconds)
    {
        _departureUtcSeconds = dayStartUtcSeconds + (24 + 7) * SecondsPerHour;
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = dayStartUtcSeconds + FirstHour * SecondsPerHour,
            Charger = new SafetySettings { StationMilliampsMax = 32_000 },
            Plan = PlannedCharging.Create(tariff, "home", 3, 230, 300, 0),
            Gateway = _gateway,
            Grid = _grid,
            VehicleToGrid = new VehicleToGrid(_gateway.CapacityWattHours),
            Records = _log,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 100_000 }) { Gateway = _gateway },
        };
    }

    /// <summary>Energies of the day, Wh: generated, used by the house, drawn from and fed into the grid.</summary>
    public long SolarWattHours => _solarJoules / SecondsPerHour;

    public long HouseWattHours => _houseJoules / SecondsPerHour;

    public long ImportWattHours => _importJoules / SecondsPerHour;

    public long ExportWattHours => _exportJoules / SecondsPerHour;

    /// <summary>The charger's registers, Wh.</summary>
    public long ChargedWattHours => _charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);

    public long GivenWattHours => _charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Export);

    /// <summary>Largest power at the grid point while the vehicle held the peak, W.</summary>
    public int EveningWattsMax { get; private set; }

    /// <summary>State of charge at the day's end, thousandths.</summary>
    public int StoredAtEndPermille => _gateway.StoredPermille;

    /// <summary>The session as it was stored; null: none was.</summary>
    public SessionRecord? Session { get; private set; }

    /// <summary>What does not agree; null: registers, vehicle, session record and the energies of the home
    /// do.</summary>
    public string? Problem { get; private set; }

    /// <summary>Runs the day.</summary>
    public void Run(CancellationToken cancellation)
    {
        bool isAsked = true;
        for (int second = 0; second < (LastHour - FirstHour) * SecondsPerHour
            && !cancellation.IsCancellationRequested; second++)
        {
            int ofDay = FirstHour * SecondsPerHour + second;
            isAsked &= Live(ofDay);
            _charger.Run(1_000);
            Account(ofDay);
        }

        _charger.Product.Sessions.StopRemotely();
        _charger.Run(30_000);
        Session = LastSession();
        Problem = isAsked ? FindProblem() : "a command was refused";
    }

    // What happens at this second. False: the charger refused what it was asked.
    private bool Live(int ofDay)
    {
        bool isEvening = ofDay >= EveningHour * SecondsPerHour && ofDay < EveningEndHour * SecondsPerHour;
        _grid.HouseWatts = isEvening ? EveningHouseWatts : DayHouseWatts;

        // A clear day from 06:00 to 18:00.
        long fromNoon = Math.Min(Math.Abs(ofDay - 12 * SecondsPerHour), 6 * SecondsPerHour);
        _grid.SolarWatts = (int)(SolarWattsMax
            - SolarWattsMax * fromNoon * fromNoon / (36L * SecondsPerHour * SecondsPerHour));
        EvChargerProduct product = _charger.Product;
        if (ofDay == ArrivalHour * SecondsPerHour)
        {
            _charger.Vehicle!.PlugIn();
            return product.TrySetSurplus(SurplusCharging.Only, 0, 0, SurplusCharging.LackSecondsDefault) == 0;
        }

        if (ofDay == ArrivalHour * SecondsPerHour + 60)
        {
            return product.Plan.TrySetTarget(0, _departureUtcSeconds)
                && product.Limits.Discharge.TrySetTarget(NeededPermille);
        }

        return ofDay != EveningHour * SecondsPerHour || product.Limits.Discharge.TryPermit(
            (EveningEndHour - EveningHour) * SecondsPerHour, DischargeWatts, PeakWatts, false, product.NowMs);
    }

    private void Account(int ofDay)
    {
        int watts = _grid.Watts;
        _solarJoules += _grid.SolarWatts;
        _houseJoules += _grid.HouseWatts;
        _importJoules += Math.Max(0, watts);
        _exportJoules += Math.Max(0, -watts);
        bool isHeld = ofDay >= EveningHour * SecondsPerHour + SettleSeconds && ofDay < EveningEndHour * SecondsPerHour;
        EveningWattsMax = isHeld ? Math.Max(EveningWattsMax, watts) : EveningWattsMax;
    }

    private SessionRecord? LastSession()
    {
        byte[] bytes = new byte[RecordBytesMax];
        SessionRecord session = new();
        for (long number = _log.NextNumber - 1; number >= _log.OldestNumber; number--)
        {
            if (_log.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session
                && session.TryRead(bytes, 0, count))
            {
                return session;
            }
        }

        return null;
    }

    private string? FindProblem()
    {
        if (Session is null)
        {
            return "no session was stored";
        }

        // To the microjoule: what is billed is what the register counted.
        EnergyRegisters registers = _charger.Product.Meter.Registers;
        long billed = Session.RateWattHours.Sum() * Scaling.MicrojoulesPerWattHour + Session.RateMicrojoules.Sum();
        long counted = ChargedWattHours * Scaling.MicrojoulesPerWattHour + registers.TotalRemainder(EnergyKind.Import);
        long given = Session.ExportWattHours.Take(Session.ExportCount).Sum();
        long vehicle = Math.Abs(_charger.Vehicle!.DrawnWattHours - ChargedWattHours)
            + Math.Abs(_charger.Vehicle.GivenWattHours - GivenWattHours);
        long balance = SolarWattHours + ImportWattHours + GivenWattHours - HouseWattHours - ExportWattHours
            - ChargedWattHours;
        return billed != counted || given != GivenWattHours
            ? $"the session record says {billed / Scaling.MicrojoulesPerWattHour} Wh and {given} Wh"
            : vehicle > 2
                ? $"the vehicle counted {_charger.Vehicle.DrawnWattHours} Wh and {_charger.Vehicle.GivenWattHours} Wh"
            : Math.Abs(balance) * 1_000 > SolarWattHours ? $"{balance} Wh are missing in the home"
            : EveningWattsMax > PeakWatts + TolerancePeakWatts ? $"the peak was {EveningWattsMax} W"
            : null;
    }
}
