namespace MeterFirmware.Modbus;

/// <summary>How a value lies in registers, and reading it into a whole number of a smaller unit.</summary>
public static class ModbusType
{
    public const int UInt16 = 0;
    public const int Int16 = 1;
    public const int UInt32 = 2;
    public const int Int32 = 3;
    public const int UInt64 = 4;
    public const int Int64 = 5;
    public const int Float = 6;

    private static readonly string[] _names = { "u16", "i16", "u32", "i32", "u64", "i64", "f32" };

    /// <summary>−1: there is no such type.</summary>
    public static int Find(string name)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    public static int RegistersOf(int type) => type <= Int16 ? 1 : type == UInt64 || type == Int64 ? 4 : 2;

    /// <summary>Reads a value times <paramref name="multiplier"/>, rounded. False: "no value" as the device writes
    /// it, or more than 63 bits hold.</summary>
    /// <param name="isLowFirst">The register with the low word comes first.</param>
    /// <param name="hasVoid">All ones (signed: 7F FF …, and 80 00 …) mean that there is no value.</param>
    public static bool TryRead(
        byte[] bytes, int offset, int type, bool isLowFirst, bool hasVoid, long multiplier, out long value)
    {
        value = 0;
        int registers = RegistersOf(type);
        long raw = 0;
        for (int i = 0; i < registers; i++)
        {
            int at = offset + 2 * (isLowFirst ? registers - 1 - i : i);
            raw = (raw << 16) | (long)ModbusProtocol.ReadUInt16(bytes, at);
        }

        if (type == Float)
        {
            return ModbusFloat.TryScale((int)raw, multiplier, out value);
        }

        bool isSigned = type == Int16 || type == Int32 || type == Int64;
        int bits = 16 * registers;
        if (hasVoid && IsVoid(raw, bits, isSigned))
        {
            return false;
        }

        if (isSigned && bits < 64)
        {
            raw = raw << (64 - bits) >> (64 - bits);
        }

        long size = multiplier < 0 ? -multiplier : multiplier;
        if ((!isSigned && raw < 0) || raw > long.MaxValue / size || raw < -(long.MaxValue / size))
        {
            return false;
        }

        value = raw * multiplier;
        return true;
    }

    private static bool IsVoid(long raw, int bits, bool isSigned)
    {
        long ones = bits == 64 ? -1 : (1L << bits) - 1;
        long top = 1L << (bits - 1);
        return isSigned ? raw == top || raw == top - 1 || (bits == 64 && raw == long.MaxValue) : raw == ones;
    }
}
