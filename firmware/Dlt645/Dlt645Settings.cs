namespace MeterFirmware.Dlt645;

/// <summary>What a server keeps: store it when <see cref="IDlt645Meter.TryKeepSettings"/> is called.</summary>
public sealed class Dlt645Settings
{
    public const int LevelCount = 10;

    /// <summary>Marks a level that nobody can use.</summary>
    public const int NoPassword = -1;

    /// <summary>No broadcast yet.</summary>
    public const long NoDay = -1_000_000;

    public Dlt645Settings()
    {
        Passwords = new int[LevelCount];
        for (int i = 0; i < LevelCount; i++)
        {
            Passwords[i] = NoPassword;
        }
    }

    /// <summary>Communication address, BCD, low byte first.</summary>
    public byte[] Address { get; } = new byte[Dlt645Protocol.AddressLength];

    /// <summary>Passwords of level 0 (highest) to 9: six BCD digits as 0xP2P1P0, or <see cref="NoPassword"/>.</summary>
    public int[] Passwords { get; }

    /// <summary>The lowest level (highest number) that may write parameters and set the clock. Usual: 04.</summary>
    public int WriteLevelMax { get; set; } = 4;

    /// <summary>The lowest level that may clear and switch the relay. Usual: 02.</summary>
    public int ClearLevelMax { get; set; } = 2;

    /// <summary>Wrong passwords of a level in a row that lock it ("check": 3 to 5 are usual).</summary>
    public int WrongPasswordsMax { get; set; } = 5;

    /// <summary>How long a level stays locked ("check": 24 h is usual).</summary>
    public long LockMs { get; set; } = 86_400_000;

    /// <summary>Wrong passwords of each level so far. Stored, so that switching the supply off does not buy new tries.
    /// </summary>
    public int[] WrongPasswords { get; } = new int[LevelCount];

    /// <summary>Time from the request's last byte to the reply: 20 to 500 ms (clause 5.3).</summary>
    public int ReplyDelayMs { get; set; } = 20;

    /// <summary>Longest pause inside a frame (clause 5.3).</summary>
    public int PauseMs { get; set; } = 500;

    public int Baud { get; set; } = Dlt645Protocol.DefaultBaud;

    /// <summary>Speeds that the line can, as bits of the characteristic: 7C is 1200 to 19200.</summary>
    public int BaudMask { get; set; } = 0x7C;

    /// <summary>FE bytes in front of a reply, 0 to 4.</summary>
    public int WakeUpCount { get; set; }

    /// <summary>Largest step that a broadcast may make.</summary>
    public int BroadcastSecondsMax { get; set; } = 300;

    /// <summary>Local day (since 1970) of the last broadcast that was taken; one a day.</summary>
    public long BroadcastDay { get; set; } = NoDay;

    /// <summary>Puts AA between the elements of a freeze block, as some makers do ("check").</summary>
    public bool PartsFreezeBlocks { get; set; }
}
