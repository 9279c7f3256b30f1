namespace MeterFirmware.Commands;

/// <summary>Who signs. Each role has a key of its own on each device.</summary>
public static class CommandRole
{
    public const int Utility = 0;
    public const int Technician = 1;
    public const int Owner = 2;

    /// <summary>Reads, never changes.</summary>
    public const int Reader = 3;

    public const int Count = 4;

    /// <summary>The role's word in messages.</summary>
    public static string NameOf(int role)
    {
        switch (role)
        {
            case Utility:
                return "utility";
            case Technician:
                return "technician";
            case Owner:
                return "owner";
            default:
                return "reader";
        }
    }
}
