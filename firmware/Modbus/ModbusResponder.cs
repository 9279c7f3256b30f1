namespace MeterFirmware.Modbus;

/// <summary>Turns a request's message into the reply's; the same for serial lines and TCP. Functions 03, 04, 06 and
/// 10; every other is refused as the standard says.</summary>
public sealed class ModbusResponder
{
    private readonly IModbusMap _map;

    public ModbusResponder(IModbusMap map)
    {
        _map = map;
    }

    /// <summary>Length of the reply, 2 or more.</summary>
    /// <param name="request">Message without unit and check, <paramref name="count"/> bytes, at least 1.</param>
    public int Handle(byte[] request, int offset, int count, byte[] reply, int replyOffset)
    {
        int function = request[offset];
        reply[replyOffset] = (byte)function;
        int length = 2;
        int error;
        switch (function)
        {
            case ModbusProtocol.ReadHolding:
            case ModbusProtocol.ReadInput:
                error = Read(request, offset, count, reply, replyOffset, out length);
                break;
            case ModbusProtocol.WriteOne:
            case ModbusProtocol.WriteMany:
                error = Write(request, offset, count, reply, replyOffset);
                length = 5;
                break;
            default:
                error = ModbusProtocol.IllegalFunction;
                break;
        }

        return error == 0 ? length : Refuse(function, error, reply, replyOffset);
    }

    /// <summary>An exception reply; its length.</summary>
    public static int Refuse(int function, int error, byte[] reply, int offset)
    {
        reply[offset] = (byte)(function | ModbusProtocol.ErrorBit);
        reply[offset + 1] = (byte)error;
        return 2;
    }

    private int Read(byte[] request, int offset, int count, byte[] reply, int replyOffset, out int length)
    {
        length = 0;
        if (count != 5)
        {
            return ModbusProtocol.IllegalValue;
        }

        int address = ModbusProtocol.ReadUInt16(request, offset + 1);
        int registers = ModbusProtocol.ReadUInt16(request, offset + 3);
        if (registers < 1 || registers > ModbusProtocol.ReadCountMax)
        {
            return ModbusProtocol.IllegalValue;
        }

        if (address + registers > 0x10000)
        {
            return ModbusProtocol.IllegalAddress;
        }

        reply[replyOffset + 1] = (byte)(2 * registers);
        length = 2 + 2 * registers;
        return _map.Read(address, registers, reply, replyOffset + 2);
    }

    private int Write(byte[] request, int offset, int count, byte[] reply, int replyOffset)
    {
        if (count < 5)
        {
            return ModbusProtocol.IllegalValue;
        }

        bool isOne = request[offset] == ModbusProtocol.WriteOne;
        int address = ModbusProtocol.ReadUInt16(request, offset + 1);
        int registers = isOne ? 1 : ModbusProtocol.ReadUInt16(request, offset + 3);
        bool isWhole = isOne ? count == 5
            : count > 6 && request[offset + 5] == 2 * registers && count == 6 + 2 * registers;
        if (!isWhole || registers < 1 || registers > ModbusProtocol.WriteCountMax)
        {
            return ModbusProtocol.IllegalValue;
        }

        if (address + registers > 0x10000)
        {
            return ModbusProtocol.IllegalAddress;
        }

        // The reply repeats address and value, or address and count: the same four bytes.
        for (int i = 1; i < 5; i++)
        {
            reply[replyOffset + i] = request[offset + i];
        }

        return _map.Write(address, registers, request, offset + (isOne ? 3 : 6));
    }
}
