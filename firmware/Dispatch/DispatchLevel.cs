namespace MeterFirmware.Dispatch;

/// <summary>Who orders, from above down. Each level numbers its orders by itself.</summary>
public static class DispatchLevel
{
    public const int Dispatch = 0;
    public const int Feeder = 1;
    public const int Transformer = 2;
    public const int Site = 3;
    public const int Charger = 4;
    public const int Count = 5;

    /// <summary>The level's word in messages.</summary>
    public static string NameOf(int level)
    {
        switch (level)
        {
            case Dispatch:
                return "dispatch";
            case Feeder:
                return "feeder";
            case Transformer:
                return "transformer";
            case Site:
                return "site";
            default:
                return "charger";
        }
    }
}
