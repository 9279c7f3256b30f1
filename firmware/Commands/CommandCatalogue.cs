namespace MeterFirmware.Commands;

/// <summary>The words of the commands, and which roles may give them.</summary>
public static class CommandCatalogue
{
    private const int Utility = 1 << CommandRole.Utility;
    private const int Technician = 1 << CommandRole.Technician;
    private const int Owner = 1 << CommandRole.Owner;
    private const int Reader = 1 << CommandRole.Reader;

    /// <summary>The command's word.</summary>
    public static string NameOf(int code)
    {
        switch (code)
        {
            case CommandCode.Limit:
                return "limit";
            case CommandCode.Relay:
                return "relay";
            case CommandCode.Tariff:
                return "tariff";
            case CommandCode.Clock:
                return "clock";
            case CommandCode.Freeze:
                return "freeze";
            case CommandCode.Clear:
                return "clear";
            case CommandCode.Update:
                return "update";
            case CommandCode.SelfTest:
                return "self-test";
            case CommandCode.LogLevel:
                return "log-level";
            case CommandCode.Health:
                return "health";
            case CommandCode.Log:
                return "log";
            case CommandCode.RotateKey:
                return "rotate-key";
            case CommandCode.Session:
                return "session";
            case CommandCode.Restart:
                return "restart";
            case CommandCode.Availability:
                return "availability";
            case CommandCode.Phases:
                return "phases";
            case CommandCode.LocalList:
                return "local-list";
            case CommandCode.Reset:
                return "reset";
            case CommandCode.Prices:
                return "prices";
            case CommandCode.TopUp:
                return "top-up";
            case CommandCode.Prepayment:
                return "prepayment";
            case CommandCode.Settlement:
                return "settlement";
            case CommandCode.Carbon:
                return "carbon";
            case CommandCode.Read:
                return "read";
            case CommandCode.Profile:
                return "profile";
            case CommandCode.Surplus:
                return "surplus";
            case CommandCode.Discharge:
                return "discharge";
            case CommandCode.Time:
                return "time";
            case CommandCode.Calibration:
                return "calibration";
            default:
                return "";
        }
    }

    /// <summary>True when the role may give the command.</summary>
    public static bool IsAllowed(int code, int role) => (RolesOf(code) & (1 << role)) != 0;

    private static int RolesOf(int code)
    {
        switch (code)
        {
            case CommandCode.Health:
            case CommandCode.Log:
            case CommandCode.Read:
                return Utility | Technician | Owner | Reader;
            case CommandCode.Limit:
            case CommandCode.Session:
            case CommandCode.SelfTest:
            case CommandCode.Phases:
            case CommandCode.Profile:
            case CommandCode.Surplus:
                return Utility | Technician | Owner;
            case CommandCode.Relay:
            case CommandCode.Clock:
            case CommandCode.Freeze:
            case CommandCode.LogLevel:
            case CommandCode.Restart:
            case CommandCode.Clear:
            case CommandCode.Availability:
                return Utility | Technician;
            case CommandCode.Reset:
            case CommandCode.Calibration:
                return Technician;
            case CommandCode.Tariff:
            case CommandCode.LocalList:
            case CommandCode.Prices:
            case CommandCode.TopUp:
            case CommandCode.Prepayment:
            case CommandCode.Settlement:
            case CommandCode.Carbon:
            case CommandCode.Update:
            case CommandCode.RotateKey:
            case CommandCode.Discharge:
            case CommandCode.Time:
                return Utility;
            default:
                return 0;
        }
    }
}
