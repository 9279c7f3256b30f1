namespace MeterFirmware.Modbus;

/// <summary>A model of a SunSpec device: its number, its length and the registers behind them. What the device does not
/// know is "not implemented", never 0 (SunSpec Device Information Model Specification).</summary>
public abstract class SunSpecModel
{
    /// <summary>The longest model's registers.</summary>
    public const int LengthMax = 153;

    /// <summary>Not implemented: of int16 and of scale factors; of uint16, enumerations and all longer unsigned
    /// ones.</summary>
    protected const int NoInt16 = 0x8000;
    protected const int NoUInt16 = 0xFFFF;

    public abstract int Number { get; }

    /// <summary>Registers behind number and length.</summary>
    public abstract int Length { get; }

    /// <summary>False: the device has no data for it now, and the list does not have it.</summary>
    public virtual bool IsThere => true;

    /// <summary>Writes the model into two bytes a register.</summary>
    public void Write(byte[] registers)
    {
        Put(registers, 0, Number);
        Put(registers, 1, Length);
        Fill(registers);
    }

    /// <summary>Writes register 2 and what follows.</summary>
    protected abstract void Fill(byte[] registers);

    /// <summary>The same in all registers from one on.</summary>
    protected void PutAll(byte[] registers, int value)
    {
        for (int i = 2; i < Length + 2; i++)
        {
            Put(registers, i, value);
        }
    }

    protected static void Put(byte[] registers, int register, int value) =>
        ModbusProtocol.WriteUInt16(registers, 2 * register, value);

    protected static void PutInt32(byte[] registers, int register, int value)
    {
        Put(registers, register, value >> 16);
        Put(registers, register + 1, value);
    }

    protected static void PutInt64(byte[] registers, int register, long value)
    {
        PutInt32(registers, register, (int)(value >> 32));
        PutInt32(registers, register + 2, (int)value);
    }

    /// <summary>What 16 bits do not hold is no value rather than a wrong one.</summary>
    protected static void PutInt16(byte[] registers, int register, long value) =>
        Put(registers, register, value < 0x8000 && value > -0x8000 ? (int)value : NoInt16);

    protected static void PutUInt16(byte[] registers, int register, long value) =>
        Put(registers, register, value >= 0 && value < NoUInt16 ? (int)value : NoUInt16);
}
