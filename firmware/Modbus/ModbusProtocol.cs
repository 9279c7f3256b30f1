namespace MeterFirmware.Modbus;

/// <summary>Numbers of MODBUS Application Protocol V1.1b3 and MODBUS over Serial Line V1.02.</summary>
public static class ModbusProtocol
{
    public const int ReadHolding = 0x03;
    public const int ReadInput = 0x04;
    public const int WriteOne = 0x06;
    public const int WriteMany = 0x10;

    /// <summary>Added to the function of a refusing reply.</summary>
    public const int ErrorBit = 0x80;

    public const int IllegalFunction = 1;
    public const int IllegalAddress = 2;
    public const int IllegalValue = 3;
    public const int GatewayPath = 0x0A;

    /// <summary>Registers of one read and of one write (clauses 6.3, 6.4, 6.12).</summary>
    public const int ReadCountMax = 125;
    public const int WriteCountMax = 123;

    public const int UnitMax = 247;
    public const int BroadcastUnit = 0;

    /// <summary>Message without unit and check.</summary>
    public const int PduLengthMax = 253;

    /// <summary>Unit, message, CRC.</summary>
    public const int RtuLengthMax = 256;
    public const int CrcLength = 2;

    /// <summary>Transaction, protocol, length, unit.</summary>
    public const int TcpHeaderLength = 7;
    public const int TcpLengthMax = TcpHeaderLength + PduLengthMax;

    public const int DefaultBaud = 9600;

    /// <summary>The least silence between two frames: 3.5 characters of 11 bits, 1.75 ms from 19 200 baud on (V1.02,
    /// 2.5.1.1). Rounded up, and one more because a tick's clock counts whole milliseconds.</summary>
    public static int SilenceMs(int baud) => baud >= 19_200 ? 3 : (38_500 + baud - 1) / baud + 1;

    /// <summary>Time that bytes take on the line, 11 bits each, rounded up.</summary>
    public static int LineMs(int baud, int bytes) => (bytes * 11_000 + baud - 1) / baud;

    /// <summary>Length of a request's message by its first bytes; 0: not enough of it is there, −1: no function that
    /// has a known length.</summary>
    public static int RequestLength(byte[] bytes, int offset, int count)
    {
        if (count < 1)
        {
            return 0;
        }

        switch (bytes[offset])
        {
            case 0x01:
            case 0x02:
            case ReadHolding:
            case ReadInput:
            case 0x05:
            case WriteOne:
            case 0x08:
                return 5;
            case 0x07:
            case 0x0B:
            case 0x0C:
            case 0x11:
                return 1;
            case 0x0F:
            case WriteMany:
                return count < 6 ? 0 : 6 + bytes[offset + 5];
            case 0x16:
                return 7;
            case 0x17:
                return count < 10 ? 0 : 10 + bytes[offset + 9];
            default:
                return -1;
        }
    }

    /// <summary>Length of a reply's message; 0 and −1 as for a request.</summary>
    public static int ReplyLength(byte[] bytes, int offset, int count)
    {
        if (count < 1)
        {
            return 0;
        }

        int function = bytes[offset];
        if ((function & ErrorBit) != 0)
        {
            return 2;
        }

        switch (function)
        {
            case 0x01:
            case 0x02:
            case ReadHolding:
            case ReadInput:
            case 0x0C:
            case 0x11:
            case 0x17:
                return count < 2 ? 0 : 2 + bytes[offset + 1];
            case 0x05:
            case WriteOne:
            case 0x08:
            case 0x0B:
            case 0x0F:
            case WriteMany:
                return 5;
            case 0x07:
                return 2;
            case 0x16:
                return 7;
            default:
                return -1;
        }
    }

    public static int ReadUInt16(byte[] bytes, int offset) => (bytes[offset] << 8) | bytes[offset + 1];

    public static void WriteUInt16(byte[] bytes, int offset, int value)
    {
        bytes[offset] = (byte)(value >> 8);
        bytes[offset + 1] = (byte)value;
    }
}
