namespace MeterFirmware.Modbus;

/// <summary>What is where in a maker's meter: the data file of <see cref="ModbusProfileReader"/>, read.</summary>
public sealed class ModbusProfile
{
    public const int BlocksMax = 8;
    public const int PointsMax = 32;

    // A register's address that stands for none.
    private const ushort NoAddress = 0xFFFF;

    private readonly ushort[] _blockAddresses = new ushort[BlocksMax];
    private readonly byte[] _blockCounts = new byte[BlocksMax];
    private readonly byte[] _blockSeconds = new byte[BlocksMax];
    private readonly byte[] _quantities = new byte[PointsMax];
    private readonly byte[] _phases = new byte[PointsMax];
    private readonly byte[] _types = new byte[PointsMax];
    private readonly byte[] _blocks = new byte[PointsMax];
    private readonly ushort[] _addresses = new ushort[PointsMax];
    private readonly int[] _multipliers = new int[PointsMax];
    private readonly ushort[] _scaleAddresses = new ushort[PointsMax];

    /// <summary>Short name, as a setting has it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Maker and type.</summary>
    public string Title { get; set; } = "";

    /// <summary>03 or 04.</summary>
    public int Function { get; set; } = ModbusProtocol.ReadHolding;

    public int Baud { get; set; } = ModbusProtocol.DefaultBaud;

    /// <summary>0 none, 1 odd, 2 even.</summary>
    public int Parity { get; set; }

    /// <summary>1 or 3.</summary>
    public int PhaseCount { get; set; } = 3;

    public bool IsLowFirst { get; set; }

    public bool HasVoid { get; set; }

    /// <summary>Looks like others and is another: only taken when a person has confirmed it.</summary>
    public bool NeedsConfirmation { get; set; }

    public int RestMs { get; set; } = 5;

    /// <summary>SunSpec models in which the addresses count, the first that the device has; 0: addresses are absolute.
    /// </summary>
    public int ModelFirst { get; set; }

    public int ModelLast { get; set; }

    public int BlockCount { get; private set; }

    public int PointCount { get; private set; }

    public int BlockAddress(int block) => _blockAddresses[block];

    public int BlockRegisters(int block) => _blockCounts[block];

    /// <summary>Least time between two reads of a block, s; 0: every round.</summary>
    public int BlockSeconds(int block) => _blockSeconds[block];

    public int QuantityOf(int point) => _quantities[point];

    public int PhaseOf(int point) => _phases[point];

    public int TypeOf(int point) => _types[point];

    public int BlockOf(int point) => _blocks[point];

    public int AddressOf(int point) => _addresses[point];

    /// <summary>From the register's unit to that of <see cref="Quantity"/>. With a scale register: of 10^0.</summary>
    public int MultiplierOf(int point) => _multipliers[point];

    /// <summary>Register that holds the power of ten; −1: none.</summary>
    public int ScaleAddressOf(int point) =>
        _scaleAddresses[point] == NoAddress ? -1 : _scaleAddresses[point];

    /// <summary>False: too many, or no range.</summary>
    public bool TryAddBlock(int address, int count, int seconds)
    {
        if (BlockCount == BlocksMax || address < 0 || count < 1 || count > ModbusProtocol.ReadCountMax
            || address + count > 0x10000 || seconds < 0 || seconds > 255)
        {
            return false;
        }

        _blockAddresses[BlockCount] = (ushort)address;
        _blockCounts[BlockCount] = (byte)count;
        _blockSeconds[BlockCount] = (byte)seconds;
        BlockCount++;
        return true;
    }

    /// <summary>False: too many, or in no block.</summary>
    public bool TryAddPoint(int quantity, int phase, int address, int type, int multiplier, int scaleAddress)
    {
        int block = FindBlock(address, ModbusType.RegistersOf(type));
        if (PointCount == PointsMax || block < 0
            || (scaleAddress >= 0 && FindBlock(scaleAddress, 1) != block))
        {
            return false;
        }

        _quantities[PointCount] = (byte)quantity;
        _phases[PointCount] = (byte)phase;
        _types[PointCount] = (byte)type;
        _blocks[PointCount] = (byte)block;
        _addresses[PointCount] = (ushort)address;
        _multipliers[PointCount] = multiplier;
        _scaleAddresses[PointCount] = scaleAddress < 0 ? NoAddress : (ushort)scaleAddress;
        PointCount++;
        return true;
    }

    public bool Has(int quantity, int phase)
    {
        for (int i = 0; i < PointCount; i++)
        {
            if (_quantities[i] == quantity && _phases[i] == phase)
            {
                return true;
            }
        }

        return false;
    }

    private int FindBlock(int address, int registers)
    {
        for (int i = 0; i < BlockCount; i++)
        {
            if (address >= _blockAddresses[i] && address + registers <= _blockAddresses[i] + _blockCounts[i])
            {
                return i;
            }
        }

        return -1;
    }
}
