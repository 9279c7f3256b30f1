namespace MeterFirmware.Modbus;

/// <summary>Finds a SunSpec model in a device: "SunS" at 40000, 50000 or 0, then from model to model. Bounded: a
/// chain that does not end is given up.</summary>
internal sealed class SunSpecScan
{
    private const int ModelsMax = 64;

    private static readonly int[] _bases = { 40_000, 50_000, 0 };

    private readonly ModbusClient _client;
    private readonly ModbusProfile _profile;
    private readonly int _unit;
    private int _base;
    private int _address;
    private int _models;

    public SunSpecScan(ModbusClient client, ModbusProfile profile, int unit)
    {
        _client = client;
        _profile = profile;
        _unit = unit;
    }

    public bool IsFound => ModelAddress > 0;

    /// <summary>Address of the found model's number; 0: not found yet.</summary>
    public int ModelAddress { get; private set; }

    /// <summary>True when the last run found none.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Starts over: a device that refuses may be another one by now.</summary>
    public void Forget()
    {
        ModelAddress = 0;
        _base = 0;
        _address = 0;
        _models = 0;
    }

    /// <summary>Asks for the next model; false: the line does not take it.</summary>
    public bool TryAsk() => _client.TryBeginRead(
        _unit, ModbusProtocol.ReadHolding, _address == 0 ? _bases[_base] : _address, 2);

    /// <summary>Looks at what came.</summary>
    public void Take()
    {
        bool isDone = _client.Outcome == ModbusOutcome.Done;
        if (_address == 0)
        {
            // "SunS".
            if (isDone && _client.Register(0) == 0x5375 && _client.Register(1) == 0x6E53)
            {
                _address = _bases[_base] + 2;
                return;
            }

            Fail();
            return;
        }

        int model = isDone ? _client.Register(0) : 0xFFFF;
        int next = _address + 2 + (isDone ? _client.Register(1) : 0);
        if (model >= _profile.ModelFirst && model <= _profile.ModelLast)
        {
            ModelAddress = _address;
            HasFailed = false;
        }
        else if (model == 0xFFFF || next > 0xFFF0 || _models == ModelsMax)
        {
            Fail();
        }
        else
        {
            _models++;
            _address = next;
        }
    }

    private void Fail()
    {
        _base++;
        _address = 0;
        _models = 0;
        if (_base == _bases.Length)
        {
            _base = 0;
            HasFailed = true;
        }
    }
}
