using System.Diagnostics.CodeAnalysis;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Dlt698;

namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>
/// Finds out what a meter on a line speaks: one question for each protocol and speed, the likely ones first. It ends
/// with the first answer, and after all questions at the latest.
/// </summary>
/// <param name="line">The line.</param>
/// <param name="isSerial">False: the speed is the serial server's, each protocol is asked once.</param>
/// <param name="units">Modbus addresses to try.</param>
/// <param name="waitMs">How long a question waits for its answer. DL/T 645: at most 500 ms, then the frame.</param>
public sealed class LineSearch(ISerialLine line, bool isSerial, IReadOnlyList<int> units, int waitMs)
{
    private const int None = 0;
    private const int Even = 2;
    private const int OldRead = 0x01;

    // A meter that has answered once is asked again where an answer is lost or late.
    private const int FoundTries = 2;

    // DL/T 645-1997, table A.1: forward active energy, total. 9010 travels low byte first.
    private static readonly byte[] _oldEnergy = [0x10, 0x90];
    private static readonly byte[] _anyAddress = [0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA];

    // Speeds and parities as meters leave the factory.
    private static readonly (int Baud, int Parity)[] _speeds =
    [
        (2400, Even), (9600, Even), (9600, None), (1200, Even), (4800, Even), (19_200, Even), (19_200, None),
        (2400, None),
    ];

    private readonly CountingLine _line = new(line);

    /// <summary>Where something was heard that no protocol reads; null: nowhere.</summary>
    public string? NoiseAt { get; private set; }

    /// <summary>Questions asked.</summary>
    public int Questions { get; private set; }

    /// <summary>The meter; false: nothing that is understood answers.</summary>
    public bool TryFind([NotNullWhen(true)] out FoundMeter? found)
    {
        foreach ((int baud, int parity) in isSerial ? _speeds : [(0, None)])
        {
            if (!_line.TryConfigure(baud, parity))
            {
                continue;
            }

            found = TrySpeed(baud, parity);
            if (found != null)
            {
                found.Baud = isSerial ? baud : null;
                found.Parity = isSerial ? parity == Even ? "even" : "none" : null;
                return true;
            }
        }

        found = null;
        return false;
    }

    private FoundMeter? TrySpeed(int baud, int parity)
    {
        _line.Forget();
        bool isChinese = !isSerial || parity == Even;

        // Modbus TCP first: its server closes a connection that begins with anything else.
        FoundMeter? found = isSerial ? null : TryModbus(baud, parity, ModbusFraming.Tcp);
        found ??= isChinese ? Try645(baud) ?? Try698() ?? TryOld645(baud) : null;
        found ??= TryModbus(baud, parity, ModbusFraming.Rtu);
        if (found == null && _line.Heard > 0)
        {
            NoiseAt ??= isSerial ? $"{baud} baud, parity {(parity == Even ? "even" : "none")}" : "this connection";
        }

        return found;
    }

    private FoundMeter? Try645(int baud)
    {
        Dlt645Client client = Client645(baud);
        Questions++;
        client.TryBegin(_anyAddress, Dlt645Protocol.ReadAddress, [], 0);
        Dlt645LineCommands.Wait(client);
        if (client.Outcome != Dlt645Outcome.Done || client.DataLength != Dlt645Protocol.AddressLength)
        {
            return null;
        }

        client.Tries = FoundTries;
        byte[] address = client.Data[..Dlt645Protocol.AddressLength];
        FoundMeter found = new() { Protocol = "dlt645-2007", Address = Dlt645Decoder.AddressText(address, 0) };
        found.Command = $"meterctl dlt645 read --address {found.Address} --di 0001FF00";
        Dlt645Plate.Read(client, address, found);
        if (found.Answers != "nothing")
        {
            return found;
        }

        // It knows its address and nothing of 2007: an old meter with the address question of the new ones.
        FoundMeter? old = TryOld645(baud);
        return old ?? found;
    }

    private FoundMeter? TryOld645(int baud)
    {
        Dlt645Client client = Client645(baud);
        Questions++;
        client.TryBegin(_anyAddress, OldRead, _oldEnergy, _oldEnergy.Length);
        Dlt645LineCommands.Wait(client);
        if (client.Outcome is not (Dlt645Outcome.Done or Dlt645Outcome.Refused))
        {
            return null;
        }

        FoundMeter found = new()
        {
            Protocol = "dlt645-1997",
            Address = Dlt645Decoder.AddressText(client.ReplyAddress, 0),
            Command = "none: this program reads its energy here and nothing else of it",
        };
        bool isEnergy = client.Outcome == Dlt645Outcome.Done && client.DataLength == 6
            && Dlt645Format.TryRead(Dlt645Format.Energy, client.Data, 2, out _);
        long value = 0;
        if (isEnergy)
        {
            Dlt645Format.TryRead(Dlt645Format.Energy, client.Data, 2, out value);
        }

        found.Values.Add(new FoundValue("forward active energy", isEnergy ? $"{value / 100m:0.00}" : null, "kWh",
            isEnergy ? null : "refused"));
        return found;
    }

    private FoundMeter? Try698()
    {
        Dlt698LineClient client = new(_line, "AAAAAAAAAAAA", 0, 0)
        {
            TimeoutMs = waitMs,
            Tries = 1,
            WakeUpCount = isSerial ? 4 : 0,
        };
        Questions++;
        byte[]? answer = client.Ask(Dlt698Request.Get(client.NextNumber(), [[0x40, 0x01, 0x02, 0x00]]));
        if (answer == null)
        {
            return null;
        }

        client.Tries = FoundTries;
        FoundMeter found = new() { Protocol = "dlt698", Address = client.AnsweredBy ?? "" };
        found.Command = $"meterctl dlt698 read --address {found.Address} --get 00100200";
        Dlt698Plate.Read(client, found);
        return found;
    }

    private FoundMeter? TryModbus(int baud, int parity, ModbusFraming framing)
    {
        foreach (int unit in units)
        {
            ModbusClient client = new(_line, framing)
            {
                Baud = baud,
                Parity = parity,
                ReplyTimeoutMs = waitMs,
                Tries = 1,
                RestMs = 5,
            };
            Questions++;
            client.TryBeginRead(unit, 3, 0, 1);
            while (client.Outcome == ModbusOutcome.Waiting)
            {
                client.Tick(Environment.TickCount64);
                Thread.Sleep(1);
            }

            if (client.Outcome is ModbusOutcome.Done or ModbusOutcome.Refused)
            {
                client.Tries = FoundTries;
                FoundMeter found = new() { Protocol = "modbus", Address = $"{unit}" };
                found.Command = $"meterctl modbus read --unit {unit} --register 0:10";
                ModbusPlate.Read(client, unit, found);
                return found;
            }
        }

        return null;
    }

    private Dlt645Client Client645(int baud) => new(_line, 2048)
    {
        Baud = baud,
        ReplyTimeoutMs = waitMs,
        Tries = 1,
        WakeUpCount = 4,
    };
}
