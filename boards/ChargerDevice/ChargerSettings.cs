#nullable disable // The PC's meterctl compiles this file too: it checks a charger.json by the board's own rules.
using MeterFirmware.Boards.Sensors.ModbusMeter;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Dlt645;
using MeterFirmware.EvCharger;
using MeterFirmware.Modbus;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>
/// What a technician commissions (charger.json, at most 2 KB; firmware/EvCharger/Commissioning.md), and what its
/// members may be. Unlike a meter's settings there are no defaults to run on: without a good file the charger offers
/// nothing.
/// </summary>
public sealed class ChargerSettings
{
    /// <summary>Longest file that is read.</summary>
    public const int BytesMax = 2048;

    // Of the converters' 12 bits.
    private const int CountsMax = 4095;

    /// <summary>"iec61851" or "gbt18487".</summary>
    public string Standard { get; set; } = "";

    /// <summary>The least of fuse, wiring and contactor, mA per phase: 6000 to 80000.</summary>
    public int StationMilliampsMax { get; set; }

    /// <summary>Offered when no manager says anything; 0 offers nothing then.</summary>
    public int SafeMilliamps { get; set; }

    /// <summary>1 or 3.</summary>
    public int PhaseCount { get; set; }

    /// <summary>True: a socket, whose cable limits the offer. False: a tethered cable.</summary>
    public bool HasSocket { get; set; }

    public bool AllowsVentilation { get; set; }

    public int NominalMillivolts { get; set; } = 230_000;

    /// <summary>50 or 60; 0: found by itself at start.</summary>
    public int NominalHertz { get; set; }

    /// <summary>After three closings of a vehicle the next one comes so long after the opening, 0 to 3600 s,
    /// ...</summary>
    public int LeastOffSeconds { get; set; } = 180;

    /// <summary>... and at most so many an hour, 1 to 60.</summary>
    public int ClosingsPerHour { get; set; } = 4;

    /// <summary>The plan stops no contactor that closed less than so long ago, 0 to 3600 s.</summary>
    public int LeastOnSeconds { get; set; } = 300;

    /// <summary>Wake-ups of a sleeping vehicle while it is plugged in, 0 (never) to 20.</summary>
    public int WakeUpsMax { get; set; } = 3;

    /// <summary>True: whoever plugs in charges.</summary>
    public bool IsFree { get; set; }

    public bool AcceptsUnknownOffline { get; set; }

    /// <summary>True: waits for low prices as departure and energy let it, by the tariff; false: charges at
    /// once.</summary>
    public bool PlansByPrice { get; set; }

    /// <summary>Window after a price step in which neighbours' chargers start, each at a time of its own, 0 to 3600
    /// s.</summary>
    public int StartSpreadSeconds { get; set; } = 600;

    /// <summary>Number in a site, 0 to 63; −1: it belongs to none.</summary>
    public int SiteMember { get; set; } = -1;

    /// <summary>RS-485 line of the site, COM1 to COM4; empty: <see cref="SiteTopic"/> on the broker of
    /// settings.json.</summary>
    public string SiteLine { get; set; } = "";

    /// <summary>Topic of the site, e.g. "site/7".</summary>
    public string SiteTopic { get; set; } = "";

    /// <summary>Key of the site, 32 hexadecimal digits, the same in all its devices; "none": frames are plain. Empty,
    /// as files of release 0.1.0 have it: no leader is obeyed, the safe current is kept.</summary>
    public string SiteKey { get; set; } = "";

    /// <summary>Line of the meter at the grid point, COM1 to COM4; empty: none, no surplus is followed.</summary>
    public string GridLine { get; set; } = "";

    /// <summary>Twelve digits of a DL/T 645-2007 meter; not used with <see cref="GridMeterFile"/>.</summary>
    public string GridAddress { get; set; } = "";

    /// <summary>1200, 2400, 4800 or 9600 baud.</summary>
    public int GridBaud { get; set; } = 2400;

    /// <summary>Data file of a Modbus meter (firmware/Modbus/Meters), such as I:\sdm630.txt: its line is the file's
    /// own. Empty: the meter speaks DL/T 645-2007.</summary>
    public string GridMeterFile { get; set; } = "";

    /// <summary>Address of the Modbus meter, 1 to 247.</summary>
    public int GridUnit { get; set; } = 1;

    /// <summary>Line of a Modbus meter whose energy is billed instead of the chip's, COM1 to COM4; empty: the chip
    /// counts.</summary>
    public string MeterLine { get; set; } = "";

    /// <summary>Its data file, as <see cref="GridMeterFile"/>.</summary>
    public string MeterFile { get; set; } = "";

    /// <summary>Its address, 1 to 247.</summary>
    public int MeterUnit { get; set; } = 1;

    /// <summary>Calibration: ADC counts at the pilot's +12.0 V and +6.0 V, and at −12.0 V and −6.0 V.</summary>
    public int HighCountsAt12 { get; set; }

    public int HighCountsAt6 { get; set; }

    public int LowCountsAt12 { get; set; }

    public int LowCountsAt6 { get; set; }

    /// <summary>The safety loop's settings.</summary>
    public SafetySettings ToSafetySettings()
    {
        SafetySettings safety = SafetySettings.For(
            Standard == "gbt18487" ? ChargingStandard.Gbt18487 : ChargingStandard.Iec61851);
        safety.StationMilliampsMax = StationMilliampsMax;
        safety.PhaseCount = PhaseCount;
        safety.ReadsCable = HasSocket && safety.ReadsCable;
        safety.AllowsVentilation = AllowsVentilation && safety.Standard == ChargingStandard.Iec61851;
        safety.NominalMillivolts = NominalMillivolts;
        safety.NominalMillihertz = NominalHertz * 1000;
        safety.LeastOffMs = LeastOffSeconds * 1000;
        safety.LeastOnMs = LeastOnSeconds * 1000;
        safety.ClosingPeriodMs = 3_600_000 / ClosingsPerHour;
        safety.WakeUpsMax = WakeUpsMax;
        return safety;
    }

    /// <summary>The first thing that is wrong, with what was expected; null: nothing.</summary>
    /// <param name="readText">Reads the data files of Modbus meters.</param>
    public string FirstProblem(TextFileSource readText)
    {
        if (Standard != "iec61851" && Standard != "gbt18487")
        {
            return "standard must be iec61851 or gbt18487";
        }

        int max = Standard == "gbt18487" ? PilotDuty.GbtMilliampsMax : PilotDuty.IecMilliampsMax;
        if (StationMilliampsMax < PilotDuty.OfferMilliampsMin || StationMilliampsMax > max)
        {
            return "stationMilliampsMax must be 6000 to " + max.ToString();
        }

        if (SafeMilliamps < 0 || SafeMilliamps > StationMilliampsMax)
        {
            return "safeMilliamps must be 0 to stationMilliampsMax";
        }

        if (PhaseCount != 1 && PhaseCount != 3)
        {
            return "phaseCount must be 1 or 3";
        }

        if (NominalMillivolts < 100_000 || NominalMillivolts > 277_000)
        {
            return "nominalMillivolts must be 100000 to 277000";
        }

        if (NominalHertz != 0 && NominalHertz != 50 && NominalHertz != 60)
        {
            return "nominalHertz must be 50, 60, or 0 to find it";
        }

        if (LeastOffSeconds < 0 || LeastOffSeconds > 3600)
        {
            return "leastOffSeconds must be 0 to 3600";
        }

        if (LeastOnSeconds < 0 || LeastOnSeconds > 3600)
        {
            return "leastOnSeconds must be 0 to 3600";
        }

        if (ClosingsPerHour < 1 || ClosingsPerHour > 60 || WakeUpsMax < 0 || WakeUpsMax > 20)
        {
            return "closingsPerHour must be 1 to 60, wakeUpsMax 0 to 20";
        }

        if (StartSpreadSeconds < 0 || StartSpreadSeconds > 3600)
        {
            return "startSpreadSeconds must be 0 to 3600";
        }

        if (SiteMember < -1 || SiteMember > 63 || (SiteMember >= 0 && (SiteLine == "") == (SiteTopic == "")))
        {
            return "siteMember must be 0 to 63, with either siteLine or siteTopic; -1: no site";
        }

        if (SiteMember >= 0 && SafeMilliamps != 0 && SafeMilliamps < PilotDuty.OfferMilliampsMin)
        {
            return "a member's safeMilliamps must be 0 or at least 6000";
        }

        if (SiteMember >= 0 && SiteKey != "" && SiteKey != "none"
            && MeterFirmware.SiteBus.SiteKey.Read(SiteKey) == null)
        {
            return "siteKey must be the site's 32 hexadecimal digits, or none: then whoever reaches the bus can lead";
        }

        if (GridLine != "" && GridLine == SiteLine)
        {
            return "gridLine and siteLine must be two lines";
        }

        if (GridLine != "" && GridMeterFile != "")
        {
            if (GridUnit < 1 || GridUnit > ModbusProtocol.UnitMax)
            {
                return "gridUnit must be 1 to 247";
            }

            if (ModbusMeterFile.Read(readText, GridMeterFile, out string fault) == null)
            {
                return fault;
            }
        }

        if (MeterLine != "" && FirstMeterProblem(readText) is string wrong)
        {
            return wrong;
        }

        if (GridLine != "" && GridMeterFile == "" && !Dlt645SettingTexts.TryAddress(GridAddress, new Dlt645Settings()))
        {
            return "gridAddress must be the twelve digits of the meter on gridLine";
        }

        if (GridBaud != 1200 && GridBaud != 2400 && GridBaud != 4800 && GridBaud != 9600)
        {
            return "gridBaud must be 1200, 2400, 4800 or 9600";
        }

        return IsApart(HighCountsAt12, HighCountsAt6) && IsApart(LowCountsAt12, LowCountsAt6)
            ? null : "the pilot's calibration points must be 0 to 4095 and 100 counts apart";
    }

    private string FirstMeterProblem(TextFileSource readText)
    {
        if (MeterLine == SiteLine || (MeterLine == GridLine && GridMeterFile == ""))
        {
            return "meterLine must be no line of a site or of a DL/T 645 meter";
        }

        if (MeterUnit < 1 || MeterUnit > ModbusProtocol.UnitMax)
        {
            return "meterUnit must be 1 to 247";
        }

        ModbusProfile profile = ModbusMeterFile.Read(readText, MeterFile, out string fault);
        if (profile == null || !EnergyMeterPair.Bills(profile))
        {
            return profile == null ? fault : MeterFile + " has no import counter: its energy cannot be billed";
        }

        if (MeterLine != GridLine)
        {
            return null;
        }

        ModbusProfile grid = ModbusMeterFile.Read(readText, GridMeterFile, out fault);
        return grid == null ? fault : ModbusMeterFile.SharedProblem(profile, MeterUnit, grid, GridUnit);
    }

    private static bool IsApart(int a, int b) =>
        a >= 0 && a <= CountsMax && b >= 0 && b <= CountsMax
        && (a - b >= 100 || b - a >= 100);
}
