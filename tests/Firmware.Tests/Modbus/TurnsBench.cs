using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>A charger's own meter (unit 1) and the meter at its grid point (unit 2) on one line.</summary>
public sealed class TurnsBench
{
    public const int TickMs = 10;
    public const int Units = 2;

    private const string Profile = "name x\nline 9600 none\nfunction 4\nphases 1\nread 0 14\nread 0x48 2\n"
        + "voltage 1 0 f32 1 V\nactive 1 12 f32 1 W\nactive 0 12 f32 1 W\nimport 0 0x48 f32 1 kWh\n";

    private readonly RegisterBank[] _banks = new RegisterBank[Units];
    private readonly ModbusServer[] _servers = new ModbusServer[Units];
    private readonly Measurement _measurement = new Measurement();

    public TurnsBench()
    {
        ScriptedLine[] ends = new ScriptedLine[Units];
        for (int i = 0; i < Units; i++)
        {
            ends[i] = ScriptedLine.Pair();
            _banks[i] = new RegisterBank(80);
            _servers[i] = new ModbusServer(ends[i].Other, new ModbusSettings { Unit = i + 1 }, _banks[i]);
        }

        ModbusTurns turns = new ModbusTurns(new ModbusClient(new SharedLine(ends), ModbusFraming.Rtu));
        for (int i = 0; i < Units; i++)
        {
            Sensors[i] = new ModbusPowerSensor(turns, new ModbusProfileReader().Read(Profile), i + 1);
            SetFloat(i, 0, 230 + i);
            SetFloat(i, 12, 700 + i);
            SetFloat(i, 0x48, 5 + i);
        }
    }

    public ModbusPowerSensor[] Sensors { get; } = new ModbusPowerSensor[Units];

    public bool[] IsSilent { get; } = new bool[Units];

    /// <summary>False: the product does not ask the sensor.</summary>
    public bool[] IsAsked { get; } = { true, true };

    /// <summary>When a sensor last completed a round, and the longest it took.</summary>
    public long[] RoundMs { get; } = new long[Units];

    public long[] LongestMs { get; } = new long[Units];

    /// <summary>Of the last reading.</summary>
    public int[] Milliwatts { get; } = new int[Units];

    public long NowMs { get; private set; }

    public void Run(int ms)
    {
        for (long end = NowMs + ms; NowMs < end; NowMs += TickMs)
        {
            for (int i = 0; i < Units; i++)
            {
                if (IsAsked[i])
                {
                    Ask(i);
                }
            }

            for (int i = 0; i < Units; i++)
            {
                if (!IsSilent[i])
                {
                    _servers[i].Tick(NowMs);
                }
            }
        }
    }

    private void Ask(int i)
    {
        long rounds = Sensors[i].RoundCount;
        if (Sensors[i].TryRead(NowMs, _measurement))
        {
            Milliwatts[i] = _measurement.ActivePowerMilliwatts[0];
        }

        if (Sensors[i].RoundCount > rounds)
        {
            LongestMs[i] = NowMs - RoundMs[i] > LongestMs[i] ? NowMs - RoundMs[i] : LongestMs[i];
            RoundMs[i] = NowMs;
        }
    }

    private void SetFloat(int unit, int register, int value)
    {
        int bits = ModbusFloat.FromRatio(value, 1);
        _banks[unit].Registers[register] = (bits >> 16) & 0xFFFF;
        _banks[unit].Registers[register + 1] = bits & 0xFFFF;
    }
}
