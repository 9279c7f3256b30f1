using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt645;

namespace MeterFirmware.Firmware.Tests.Dlt698;

/// <summary>A server on a line, and a client that writes frames as bytes.</summary>
public sealed class Dlt698Bench
{
    // Version, conformance, both frame lengths, window, message length.
    private const string Connect =
        "02 00 00 10 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF ";

    private readonly byte[] _sink = new byte[2048];
    private readonly Dlt698Frame _sent = new Dlt698Frame();
    private readonly byte[] _line = new byte[Dlt698Protocol.FrameLengthMax];

    public Dlt698Bench()
        : this(new Dlt698Settings { WakeUpCount = 0 })
    {
    }

    public Dlt698Bench(Dlt698Settings settings)
    {
        Client = ScriptedLine.Pair();
        Server = new Dlt698Server(Client.Other, settings, Meter);
    }

    public FakeDlt698Meter Meter { get; } = new FakeDlt698Meter();

    public ScriptedLine Client { get; }

    public Dlt698Server Server { get; }

    public long NowMs { get; private set; } = 1_000;

    /// <summary>Sends bytes; returns what comes back within a second.</summary>
    public string Ask(string hex)
    {
        byte[] bytes = Dlt645Bytes.Of(hex);
        Client.TryWrite(bytes, 0, bytes.Length);
        return Listen(1_000);
    }

    /// <summary>What comes within a time.</summary>
    public string Listen(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 10)
        {
            NowMs += 10;
            Server.Tick(NowMs);
        }

        Client.TryRead(_sink, 0, _sink.Length, out int count);
        return Dlt645Bytes.Text(_sink, 0, count);
    }

    public void Wait(long milliseconds) => NowMs += milliseconds;

    /// <summary>Sends a message to the address 0 and returns the message that answers it, "" for none.</summary>
    public string Message(string hex, int client = 0, int control = 0x43)
    {
        return Inner(Ask(Frame(hex, client, control)));
    }

    public string Frame(string hex, int client = 0, int control = 0x43)
    {
        byte[] bytes = Dlt645Bytes.Of(hex);
        _sent.Control = control;
        _sent.AddressHead = 5;
        _sent.ClientAddress = client;
        _sent.Length = bytes.Length;
        for (int i = 0; i < bytes.Length; i++)
        {
            _sent.Data[i] = bytes[i];
        }

        return Dlt645Bytes.Text(_line, 0, _sent.Encode(0, _line, 0));
    }

    /// <summary>CONNECT with a password, 1 024 bytes each way and a time-out of 100 s; the result byte as
    /// text.</summary>
    public string Login(string password = "00123456", int client = 0)
    {
        string answer = Message(ConnectMessage(password), client);
        return answer == "" ? "" : answer.Substring(3 * 71, 2);
    }

    /// <summary>The message of <see cref="Login"/>.</summary>
    public static string ConnectMessage(string password, string timeTag = "00")
    {
        string digits = "";
        for (int i = 0; i < password.Length; i++)
        {
            digits += " 3" + password[i];
        }

        string length = password.Length.ToString();
        return Connect + "04 00 04 00 01 04 00 00 00 00 64 01 0" + length + digits + " " + timeTag;
    }

    public string LoginWithoutPassword(int client = 0, string sizes = "04 00 04 00 01 04 00") =>
        Message(Connect + sizes + " 00 00 00 64 00 00", client);

    /// <summary>User data of the frame in a text; "" without one.</summary>
    public static string Inner(string frame)
    {
        byte[] bytes = Dlt645Bytes.Of(frame);
        Dlt698Frame inner = new Dlt698Frame();
        return inner.Decode(bytes, 0, bytes.Length, out int used) == Dlt698Check.None && used == bytes.Length
            ? Dlt645Bytes.Text(inner.Data, 0, inner.Length) : "";
    }
}
