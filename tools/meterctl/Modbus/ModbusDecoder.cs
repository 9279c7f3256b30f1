using System.Globalization;
using MeterFirmware.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>Explains Modbus frames, of a serial line (with CRC) or of TCP.</summary>
public static class ModbusDecoder
{
    private static readonly Dictionary<int, string> _functions = new()
    {
        [0x01] = "read coils",
        [0x02] = "read inputs",
        [0x03] = "read holding registers",
        [0x04] =
            "read input registers",
        [0x05] = "write coil",
        [0x06] = "write register",
        [0x07] = "read status",
        [0x08] = "diagnostics",
        [0x0F] = "write coils",
        [0x10] = "write registers",
        [0x11] = "report identity",
        [0x16] = "mask register",
        [0x17] = "write and read registers",
        [0x2B] = "read identification",
    };

    private static readonly Dictionary<int, string> _exceptions = new()
    {
        [1] = "function is not supported",
        [2] = "address is not there",
        [3] = "value or count is illegal",
        [4] = "device failure",
        [5] = "acknowledge: it takes long",
        [6] = "busy",
        [8] = "memory parity",
        [0x0A] = "gateway has no path",
        [0x0B] = "gateway's target is silent",
    };

    public static string ExceptionText(int code) =>
        _exceptions.TryGetValue(code, out string? text) ? $"{code:X2} {text}" : $"{code:X2}";

    /// <summary>All frames in the bytes. On a serial line frames end where a check fits: the shortest.</summary>
    public static List<ModbusDecodedFrame> Decode(byte[] bytes, bool isTcp)
    {
        List<ModbusDecodedFrame> frames = [];
        int at = 0;
        while (at < bytes.Length)
        {
            int used = isTcp ? DecodeTcp(bytes, at, frames) : DecodeRtu(bytes, at, frames);
            if (used == 0)
            {
                break;
            }

            at += used;
        }

        return frames;
    }

    private static int DecodeRtu(byte[] bytes, int at, List<ModbusDecodedFrame> frames)
    {
        int most = Math.Min(bytes.Length - at, ModbusProtocol.RtuLengthMax);
        int length = 4;
        while (length <= most && !ModbusCrc.IsGood(bytes, at, length))
        {
            length++;
        }

        if (length <= most)
        {
            frames.Add(Explain(bytes, at, length - ModbusProtocol.CrcLength, null));
            return length;
        }

        ModbusDecodedFrame bad = new() { Framing = "rtu" };
        if (most < 4)
        {
            bad.Error = $"truncated: {most} bytes at byte {at}, a frame has at least 4";
        }
        else
        {
            int crc = ModbusCrc.Of(bytes, at, most - ModbusProtocol.CrcLength);
            bad.Error = $"crc: expected {crc & 0xFF:X2} {crc >> 8:X2} at the end, found " +
                $"{bytes[at + most - 2]:X2} {bytes[at + most - 1]:X2}";
        }

        frames.Add(bad);
        return 0;
    }

    private static int DecodeTcp(byte[] bytes, int at, List<ModbusDecodedFrame> frames)
    {
        int rest = bytes.Length - at;
        ModbusDecodedFrame bad = new() { Framing = "tcp" };
        int length = rest >= 6 ? ModbusProtocol.ReadUInt16(bytes, at + 4) : 0;
        int protocol = rest >= 6 ? ModbusProtocol.ReadUInt16(bytes, at + 2) : 0;
        bad.Error = rest < 8 ? $"truncated: {rest} bytes at byte {at}, a frame has at least 8"
            : protocol != 0 ? $"protocol: expected 0000 at byte {at + 2}, found {protocol:X4}"
            : length is < 2 or > ModbusProtocol.PduLengthMax + 1
                ? $"length: expected 2 to 254 at byte {at + 4}, found {length}"
            : rest < 6 + length ? $"truncated: the header says {length} bytes, {rest - 6} are there"
            : null;
        if (bad.Error != null)
        {
            frames.Add(bad);
            return 0;
        }

        frames.Add(Explain(bytes, at + 6, length, ModbusProtocol.ReadUInt16(bytes, at)));
        return 6 + length;
    }

    /// <summary>Unit and message, without check.</summary>
    private static ModbusDecodedFrame Explain(byte[] bytes, int at, int length, int? transaction)
    {
        int function = bytes[at + 1];
        int plain = function & ~ModbusProtocol.ErrorBit;
        int pdu = length - 1;
        ModbusDecodedFrame frame = new()
        {
            Framing = transaction == null ? "rtu" : "tcp",
            Transaction = transaction,
            Unit = bytes[at],
            Function = $"{function:X2}",
            Name = _functions.GetValueOrDefault(plain, "unknown function"),
        };
        if (plain != function)
        {
            frame.Kind = "exception";
            frame.Exception = pdu == 2 ? ExceptionText(bytes[at + 2]) : null;
            frame.Error = pdu == 2 ? null : $"length: an exception has 2 bytes, found {pdu}";
            return frame;
        }

        bool isRequest = ModbusProtocol.RequestLength(bytes, at + 1, pdu) == pdu;
        bool isReply = ModbusProtocol.ReplyLength(bytes, at + 1, pdu) == pdu;
        if (ModbusProtocol.RequestLength(bytes, at + 1, pdu) < 0)
        {
            return frame;
        }

        frame.Kind = isRequest ? isReply ? "request or reply" : "request" : isReply ? "reply" : null;
        frame.Error = frame.Kind == null
            ? $"length: {pdu} bytes fit neither a request nor a reply of function {function:X2}" : null;
        if (frame.Error == null)
        {
            AddFields(frame, bytes, at + 1, pdu, plain, isRequest);
        }

        return frame;
    }

    private static void AddFields(ModbusDecodedFrame frame, byte[] bytes, int at, int pdu, int function, bool isRequest)
    {
        bool isRead = function is ModbusProtocol.ReadHolding or ModbusProtocol.ReadInput;
        if (isRequest && pdu >= 5 && function is >= 1 and <= 0x10 and not 0x08)
        {
            frame.Address = ModbusProtocol.ReadUInt16(bytes, at + 1);
            frame.Count = function is 0x05 or ModbusProtocol.WriteOne ? null : ModbusProtocol.ReadUInt16(bytes, at + 3);
        }

        int from = isRead && !isRequest ? at + 2
            : function == ModbusProtocol.WriteOne ? at + 3
            : function == ModbusProtocol.WriteMany && pdu > 6 ? at + 6
            : at + pdu;
        for (int i = from; i + 1 < at + pdu; i += 2)
        {
            frame.Registers.Add($"{ModbusProtocol.ReadUInt16(bytes, i):X4}");
        }

        for (int i = from; i + 3 < at + pdu && (at + pdu - from) % 4 == 0; i += 4)
        {
            int bits = (ModbusProtocol.ReadUInt16(bytes, i) << 16) | ModbusProtocol.ReadUInt16(bytes, i + 2);
            float value = BitConverter.Int32BitsToSingle(bits);
            bool isUsual = value == 0 || Math.Abs(value) is >= 1e-6f and < 1e9f;
            frame.Floats.Add(isUsual ? value.ToString(CultureInfo.InvariantCulture) : "-");
        }
    }
}
