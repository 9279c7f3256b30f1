namespace MeterFirmware.Arbiter;

/// <summary>Who may say what a device should do, in the order in which they are obeyed.</summary>
public static class SetPointSource
{
    public const int Safety = 0;

    /// <summary>The grid's operator.</summary>
    public const int Grid = 1;

    /// <summary>The leader of the site.</summary>
    public const int Site = 2;

    /// <summary>A management system of building or fleet.</summary>
    public const int ManagementSystem = 3;

    public const int Driver = 4;

    /// <summary>Prices, and surplus of local generation: whatever is cheapest.</summary>
    public const int Price = 5;

    public const int Count = 6;

    /// <summary>The source's word in messages.</summary>
    public static string NameOf(int source)
    {
        switch (source)
        {
            case Safety:
                return "safety";
            case Grid:
                return "grid";
            case Site:
                return "site";
            case ManagementSystem:
                return "management";
            case Driver:
                return "driver";
            case Price:
                return "price";
            default:
                return "none";
        }
    }
}
