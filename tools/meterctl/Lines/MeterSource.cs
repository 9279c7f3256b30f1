using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Lines;

/// <summary>
/// A meter on a line whose voltage, current and power are read, named in one text:
/// <c>dlt645,tcp=127.0.0.1:4001,address=000012345678</c> or <c>modbus,serial=/dev/ttyUSB1,unit=3,meter=sdm630</c>.
/// </summary>
public sealed class MeterSource : IDisposable
{
    private const int RoundMsMax = 30_000;

    private static readonly string[] _common = ["tcp", "serial", "baud", "parity"];

    private readonly IDisposable _line;
    private readonly IPowerSensor _sensor;
    private readonly Func<long> _rounds;
    private readonly string _name;

    private MeterSource(string name, IDisposable line, IPowerSensor sensor, Func<long> rounds, double wattsPerDigit)
    {
        _name = name;
        _line = line;
        _sensor = sensor;
        _rounds = rounds;
        WattsPerDigit = wattsPerDigit;
    }

    /// <summary>Last digit of its power; 0: finer than a milliwatt, as floats are.</summary>
    public double WattsPerDigit { get; }

    /// <param name="option">That gave the text.</param>
    /// <param name="phase">1 to 3.</param>
    public static MeterSource Open(string option, string text, int phase)
    {
        string[] parts = text.Split(',');
        string[] own = parts[0] switch
        {
            "dlt645" => ["address"],
            "modbus" => ["unit", "meter", "rtu"],
            _ => throw new InputException($"{option}: '{parts[0]}': dlt645 or modbus was expected first"),
        };
        Dictionary<string, string> values = [];
        foreach (string part in parts[1..])
        {
            string[] pair = part.Split('=', 2);
            if (!_common.Contains(pair[0]) && !own.Contains(pair[0]))
            {
                throw new InputException(
                    $"{option}: '{pair[0]}': one of {string.Join(", ", _common.Concat(own))} was expected");
            }

            if (!values.TryAdd(pair[0], pair.Length == 2 ? pair[1] : ""))
            {
                throw new InputException($"{option}: '{pair[0]}' stands twice");
            }
        }

        try
        {
            return parts[0] == "dlt645" ? Dlt645Meter(values, phase) : ModbusMeter(values);
        }
        catch (InputException e)
        {
            throw new InputException($"{option}: {e.Message}");
        }
    }

    /// <summary>Volts, amperes and watts of a round that began after the call.</summary>
    public (double Volts, double Amps, double Watts) Next(int phase)
    {
        Measurement measurement = new();
        long start = Environment.TickCount64;

        // The first may have been asked for long ago.
        long wanted = _rounds() + 2;
        for (long now = start; now - start < RoundMsMax; now = Environment.TickCount64)
        {
            bool isRead = _sensor.TryRead(now, measurement);
            if (isRead && _rounds() >= wanted && measurement.PhaseCount >= phase)
            {
                return (measurement.VoltageMillivolts[phase - 1] / 1e3, measurement.CurrentMilliamps[phase - 1] / 1e3,
                    measurement.ActivePowerMilliwatts[phase - 1] / 1e3);
            }

            Thread.Sleep(1);
        }

        throw new AnswerException($"{_name}: no reading of phase {phase} within {RoundMsMax / 1000} s");
    }

    public void Dispose() => _line.Dispose();

    private static MeterSource Dlt645Meter(Dictionary<string, string> values, int phase)
    {
        byte[] address = Dlt645Input.Address(
            values.GetValueOrDefault("address") ?? throw new InputException("address=… is missing"), "address");
        int baud = Whole(values, "baud", Dlt645Protocol.DefaultBaud, 300, 921_600);
        IDisposable line = Line(values, baud, values.GetValueOrDefault("parity"));
        Dlt645Client client = new((ISerialLine)line, 64) { Baud = baud };
        Dlt645PowerSensor sensor = new(client, address, phase == 1 ? 1 : 3);
        return new MeterSource(
            $"DL/T 645 meter {values["address"]}", line, sensor, () => sensor.RoundCount, 0.1);
    }

    private static MeterSource ModbusMeter(Dictionary<string, string> values)
    {
        ModbusProfile profile = ModbusMeters.Load(
            values.GetValueOrDefault("meter") ?? throw new InputException("meter=… is missing"));
        int unit = Whole(values, "unit", 1, 1, 255);
        int baud = Whole(values, "baud", profile.Baud, 300, 921_600);
        bool isRtu = values.ContainsKey("serial") || values.ContainsKey("rtu");
        string? parity = values.GetValueOrDefault("parity");
        int bits = parity == null ? profile.Parity : parity == "even" ? 2 : 0;
        IDisposable line = Line(values, baud, parity ?? (bits == 2 ? "even" : "none"));
        ModbusClient client = new((ISerialLine)line, isRtu ? ModbusFraming.Rtu : ModbusFraming.Tcp)
        {
            Baud = baud,
            Parity = bits,
            RestMs = profile.RestMs,
        };
        ModbusPowerSensor sensor = new(client, profile, unit) { RoundMs = 0 };
        return new MeterSource($"Modbus unit {unit}", line, sensor, () => sensor.RoundCount, 0);
    }

    private static IDisposable Line(Dictionary<string, string> values, int baud, string? parity)
    {
        if (values.ContainsKey("tcp") == values.ContainsKey("serial"))
        {
            throw new InputException("exactly one of tcp=HOST:PORT and serial=PORT was expected");
        }

        return Dlt645LineCommands.Open("", values.GetValueOrDefault("tcp"), values.GetValueOrDefault("serial"), baud,
            parity);
    }

    private static int Whole(Dictionary<string, string> values, string key, int other, int least, int most) =>
        !values.TryGetValue(key, out string? text) ? other
        : NumberText.TryReadWhole(text, out int value) && value >= least && value <= most ? value
        : throw new InputException($"{key}: '{text}' is not {least} to {most}");
}
