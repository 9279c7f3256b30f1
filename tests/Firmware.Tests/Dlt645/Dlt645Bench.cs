using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

/// <summary>A server with a fake meter, and the master's end of its line.</summary>
public sealed class Dlt645Bench
{
    public const string Address = "78 56 34 12 00 00";
    public const string Password = "02 56 34 12";
    public const string OperatorCode = "04 03 02 01";
    private const int TickMs = 10;

    private readonly Dlt645Frame _frame = new Dlt645Frame();

    public Dlt645Bench()
    {
        byte[] address = Dlt645Bytes.Of(Address);
        for (int i = 0; i < address.Length; i++)
        {
            Settings.Address[i] = address[i];
        }

        Settings.Passwords[2] = 0x123456;
        Settings.Passwords[4] = 0x000004;
        Master = ScriptedLine.Pair();
        Server = new Dlt645Server(Master.Other, Settings, Meter, 1024);
    }

    public Dlt645Settings Settings { get; } = new Dlt645Settings();

    public FakeDlt645Meter Meter { get; } = new FakeDlt645Meter();

    public ScriptedLine Master { get; }

    public Dlt645Server Server { get; }

    public long NowMs { get; set; }

    /// <summary>Lets the server run for 100 ms.</summary>
    public void Run()
    {
        for (int i = 0; i < 10; i++)
        {
            Server.Tick(NowMs);
            NowMs += TickMs;
        }
    }

    public void Send(string address, int control, string data)
    {
        byte[] line = Dlt645Bytes.Frame(address, control, data);
        Master.TryWrite(line, 0, line.Length);
        Run();
    }

    /// <summary>Asks and returns "control data" of the reply as hex, or "" for none.</summary>
    public string Ask(int control, string data) => AskAt(Address, control, data);

    public string AskAt(string address, int control, string data)
    {
        Send(address, control, data);
        if (!Master.TryTakeFrame(_frame))
        {
            return "";
        }

        Assert.AreEqual(Dlt645Bytes.Text(Settings.Address, 0, 6), Dlt645Bytes.Text(_frame.Address, 0, 6));
        byte[] control1 = { (byte)_frame.Control };
        string text = Dlt645Bytes.Text(control1, 0, 1);
        return _frame.Length == 0 ? text : text + " " + Dlt645Bytes.Text(_frame.Data, 0, _frame.Length);
    }
}
