namespace MeterFirmware.Dlt698;

/// <summary>Numbers of DL/T 698.45-2017's link layer.</summary>
public static class Dlt698Protocol
{
    public const byte WakeUp = 0xFE;
    public const byte Start = 0x68;
    public const byte End = 0x16;

    /// <summary>Bits of the control byte.</summary>
    public const int FromServer = 0x80;
    public const int StartedByClient = 0x40;
    public const int Fragment = 0x20;
    public const int Scrambled = 0x08;
    public const int UserData = 3;
    public const int LinkManagement = 1;
    public const int FunctionMask = 7;

    /// <summary>What a frame of a fragmented message is.</summary>
    public const int FirstBlock = 0;
    public const int LastBlock = 1;
    public const int Acknowledge = 2;
    public const int MiddleBlock = 3;

    /// <summary>Kind and number of a fragment, in front of its data.</summary>
    public const int FragmentHeadLength = 2;
    public const int FragmentBlockMax = 0x0FFF;

    /// <summary>Added to each byte of user data when the control byte says so.</summary>
    public const int ScrambleOffset = 0x33;

    /// <summary>Types of a server address.</summary>
    public const int Single = 0;
    public const int Wildcard = 1;
    public const int Group = 2;
    public const int Broadcast = 3;

    public const int AddressLengthMax = 16;

    /// <summary>Flags, length, control, one address byte and its head, client, both checks.</summary>
    public const int FrameLengthMin = 12;

    /// <summary>Bytes of user data that this room's frames hold. A longer answer goes in fragments.</summary>
    public const int DataLengthMax = 1024;

    public const int FrameLengthMax = DataLengthMax + FrameLengthMin + AddressLengthMax;

    /// <summary>Longest frame around so many bytes of user data.</summary>
    public static int FrameLengthOf(int dataLength) => dataLength + FrameLengthMin + AddressLengthMax;

    public const int DefaultBaud = 9600;
    public const int EvenParity = 2;
}
