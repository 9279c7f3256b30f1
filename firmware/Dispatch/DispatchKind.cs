namespace MeterFirmware.Dispatch;

/// <summary>What an order from above asks for. Watts at the connection, import above 0.</summary>
public static class DispatchKind
{
    /// <summary>No more import than this.</summary>
    public const int Import = 0;

    /// <summary>No more export than this.</summary>
    public const int Export = 1;

    /// <summary>This power.</summary>
    public const int SetPoint = 2;

    /// <summary>So much more, or less below 0, than flowed when the order began.</summary>
    public const int Change = 3;

    public const int Count = 4;

    /// <summary>The kind's word in messages.</summary>
    public static string NameOf(int kind)
    {
        switch (kind)
        {
            case Import:
                return "import";
            case Export:
                return "export";
            case SetPoint:
                return "set-point";
            default:
                return "change";
        }
    }
}
