namespace MeterFirmware.Dlt645;

/// <summary>Numbers of DL/T 645-2007's link and application layer (clauses 5 to 7).</summary>
public static class Dlt645Protocol
{
    public const byte WakeUp = 0xFE;
    public const byte Start = 0x68;
    public const byte End = 0x16;
    public const byte Wildcard = 0xAA;
    public const byte Broadcast = 0x99;

    /// <summary>Added to every data byte on the line (clause 5.2.5).</summary>
    public const int DataOffset = 0x33;

    public const int AddressLength = 6;

    /// <summary>Bytes of a frame beside its data: start, address, start, control, length, checksum, end.</summary>
    public const int FrameOverhead = 12;

    /// <summary>L when reading (clause 5.2.4).</summary>
    public const int DataLengthMax = 200;

    /// <summary>Written bytes behind identifier, password and operator. Clause 5.2.4 says L ≤ 50, which a full day
    /// table (14 × 3 bytes behind 12) would break: so 50 counts the written value.</summary>
    public const int WriteValueLengthMax = 50;

    /// <summary>Identifier, password and operator in front of a written value.</summary>
    public const int WriteHeaderLength = 12;

    public const int FrameLengthMax = DataLengthMax + FrameOverhead;

    public const int ReplyBit = 0x80;
    public const int ErrorBit = 0x40;
    public const int MoreBit = 0x20;
    public const int FunctionMask = 0x1F;

    public const int SecurityAuthentication = 0x03;
    public const int BroadcastTime = 0x08;
    public const int Read = 0x11;
    public const int ReadNext = 0x12;
    public const int ReadAddress = 0x13;
    public const int Write = 0x14;
    public const int WriteAddress = 0x15;
    public const int Freeze = 0x16;
    public const int BaudRate = 0x17;
    public const int ChangePassword = 0x18;
    public const int ClearDemand = 0x19;
    public const int ClearMeter = 0x1A;
    public const int ClearEvents = 0x1B;
    public const int Relay = 0x1C;

    /// <summary>Bits of the error byte of a refusing reply (annex: error information word).</summary>
    public const int ErrorOther = 0x01;
    public const int ErrorNoSuchData = 0x02;
    public const int ErrorPassword = 0x04;
    public const int ErrorBaudRate = 0x08;
    public const int ErrorZoneCount = 0x10;
    public const int ErrorPeriodCount = 0x20;
    public const int ErrorRateCount = 0x40;

    /// <summary>Relay commands, N1 of control code 1C.</summary>
    public const int RelayTrip = 0x1A;
    public const int RelayAllowClosing = 0x1B;
    public const int RelayClose = 0x1C;
    public const int RelayAlarm = 0x2A;
    public const int RelayAlarmOff = 0x2B;
    public const int RelayKeepSupply = 0x3A;
    public const int RelayKeepSupplyOff = 0x3B;

    /// <summary>Default line: 2400 baud, even parity.</summary>
    public const int DefaultBaud = 2400;
    public const int EvenParity = 2;

    /// <summary>Speed of a baud-rate characteristic with exactly one of bits 2 to 6 set.</summary>
    public static bool TryBaudOf(int characteristic, out int baud)
    {
        baud = characteristic == 0x04 ? 1200
            : characteristic == 0x08 ? 2400
            : characteristic == 0x10 ? 4800
            : characteristic == 0x20 ? 9600
            : characteristic == 0x40 ? 19200
            : 0;
        return baud != 0;
    }
}
