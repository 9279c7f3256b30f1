using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Support;

/// <summary>A serial line that hands out what the test puts on it and keeps what the driver sends, as text.</summary>
internal sealed class ScriptedLine : ISerialLine
{
    private readonly byte[] _bytes = new byte[4096];
    private int _first;
    private int _end;

    public BusFault LastFault => BusFault.None;

    /// <summary>Sent since the last look.</summary>
    public string Sent { get; private set; } = "";

    public int Baud { get; private set; }

    public int Parity { get; private set; }

    public void Put(byte[] bytes)
    {
        foreach (byte b in bytes)
        {
            _bytes[_end++] = b;
        }
    }

    public void Put(string hex) => Put(Hex.Bytes(hex));

    public string TakeSent()
    {
        string sent = Sent;
        Sent = "";
        return sent;
    }

    public bool TryConfigure(int baud, int parity)
    {
        Baud = baud;
        Parity = parity;
        return true;
    }

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        for (received = 0; received < count && _first < _end; received++)
        {
            buffer[offset + received] = _bytes[_first++];
        }

        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        byte[] sent = new byte[count];
        System.Array.Copy(buffer, offset, sent, 0, count);
        Sent += (Sent.Length == 0 ? "" : " ") + Hex.Text(sent, count);
        return true;
    }
}
