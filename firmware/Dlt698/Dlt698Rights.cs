namespace MeterFirmware.Dlt698;

/// <summary>What a client may do beside reading. Bits.</summary>
public static class Dlt698Rights
{
    public const int None = 0;

    /// <summary>SET.</summary>
    public const int Write = 1;

    /// <summary>ACTION.</summary>
    public const int Act = 2;
}
