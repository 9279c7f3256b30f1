namespace MeterFirmware.Modbus;

/// <summary>Registers that a server answers from. Addresses are those on the wire, from 0. Nothing here may allocate or
/// block.</summary>
public interface IModbusMap
{
    /// <summary>True when the range, at least one register, lies wholly in this map.</summary>
    bool Covers(int address, int count);

    /// <summary>Writes the registers' bytes, high byte first; 0 or an exception code of <see cref="ModbusProtocol"/>.
    /// </summary>
    int Read(int address, int count, byte[] destination, int offset);

    /// <summary>Takes all registers or none; 0 or an exception code.</summary>
    int Write(int address, int count, byte[] source, int offset);
}
