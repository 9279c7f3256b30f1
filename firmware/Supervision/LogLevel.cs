namespace MeterFirmware.Supervision;

/// <summary>How much a log entry matters.</summary>
public static class LogLevel
{
    public const int Error = 0;
    public const int Warning = 1;
    public const int Information = 2;
    public const int Debug = 3;
    public const int Trace = 4;

    public static string NameOf(int level)
    {
        switch (level)
        {
            case Error:
                return "error";
            case Warning:
                return "warning";
            case Information:
                return "info";
            case Debug:
                return "debug";
            default:
                return "trace";
        }
    }
}
