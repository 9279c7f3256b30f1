namespace MeterFirmware.EvCharger;

/// <summary>
/// One room for a state, the profiles, a record and a list of prices: what lies in it outlives no call, but for a
/// checkpoint that is made in steps. Whoever takes the room writes over that, and it is begun anew.
/// </summary>
public sealed class SharedRoom
{
    public SharedRoom(int length)
    {
        Bytes = new byte[length];
    }

    /// <summary>For the checkpoint alone; all others <see cref="Take"/> it.</summary>
    public byte[] Bytes { get; }

    /// <summary>Somebody has taken it since this was last set to false.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The room, until the call returns.</summary>
    public byte[] Take()
    {
        IsTaken = true;
        return Bytes;
    }
}
