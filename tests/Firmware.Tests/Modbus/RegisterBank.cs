using MeterFirmware.Modbus;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>Registers from 0 that can be written; each holds its own number at first.</summary>
public sealed class RegisterBank : IModbusMap
{
    public RegisterBank(int count)
    {
        Registers = new int[count];
        for (int i = 0; i < count; i++)
        {
            Registers[i] = i;
        }
    }

    public int[] Registers { get; }

    public int WriteCount { get; private set; }

    public int First { get; set; }

    public bool Covers(int address, int count) => address >= First && address + count <= First + Registers.Length;

    public int Read(int address, int count, byte[] destination, int offset)
    {
        for (int i = 0; i < count && Covers(address, count); i++)
        {
            ModbusProtocol.WriteUInt16(destination, offset + 2 * i, Registers[address - First + i]);
        }

        return Covers(address, count) ? 0 : ModbusProtocol.IllegalAddress;
    }

    public int Write(int address, int count, byte[] source, int offset)
    {
        if (!Covers(address, count))
        {
            return ModbusProtocol.IllegalAddress;
        }

        WriteCount++;
        for (int i = 0; i < count; i++)
        {
            Registers[address - First + i] = ModbusProtocol.ReadUInt16(source, offset + 2 * i);
        }

        return 0;
    }
}
