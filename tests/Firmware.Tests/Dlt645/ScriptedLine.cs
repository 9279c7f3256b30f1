using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Dlt645;

/// <summary>One end of a serial line whose other end is another ScriptedLine; bytes cross at once, or are lost or
/// bent on demand.</summary>
public sealed class ScriptedLine : ISerialLine
{
    private readonly byte[] _received = new byte[2048];
    private int _count;

    public ScriptedLine Other { get; set; }

    public BusFault LastFault { get; private set; }

    public int Baud { get; private set; }

    public int Parity { get; private set; }

    /// <summary>Speed the line refuses.</summary>
    public int RefusedBaud { get; set; }

    /// <summary>Writes that vanish on the way from now on.</summary>
    public int LoseWrites { get; set; }

    /// <summary>Most bytes a read gives: 1 makes frames come byte by byte.</summary>
    public int ReadMax { get; set; } = int.MaxValue;

    public bool FailNextRead { get; set; }

    public int WriteCount { get; private set; }

    public static ScriptedLine Pair()
    {
        ScriptedLine a = new ScriptedLine();
        a.Other = new ScriptedLine();
        a.Other.Other = a;
        return a;
    }

    public bool TryConfigure(int baud, int parity)
    {
        if (baud == RefusedBaud)
        {
            return false;
        }

        Baud = baud;
        Parity = parity;
        return true;
    }

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = 0;
        if (FailNextRead)
        {
            FailNextRead = false;
            _count = 0;
            LastFault = BusFault.Other;
            return false;
        }

        int most = count < ReadMax ? count : ReadMax;
        received = _count < most ? _count : most;
        for (int i = 0; i < received; i++)
        {
            buffer[offset + i] = _received[i];
        }

        _count -= received;
        for (int i = 0; i < _count; i++)
        {
            _received[i] = _received[i + received];
        }

        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        WriteCount++;
        if (LoseWrites > 0)
        {
            LoseWrites--;
            return true;
        }

        for (int i = 0; i < count; i++)
        {
            Other._received[Other._count] = buffer[offset + i];
            Other._count++;
        }

        return true;
    }

    /// <summary>What has arrived, as hex text, and takes it.</summary>
    public string TakeText()
    {
        string text = Dlt645Bytes.Text(_received, 0, _count);
        _count = 0;
        return text;
    }

    /// <summary>Takes the frame that has arrived. False: none.</summary>
    public bool TryTakeFrame(MeterFirmware.Dlt645.Dlt645Frame frame)
    {
        bool good = _count > 0 && frame.Decode(_received, 0, _count, out int used) == 0 && used == _count;
        _count = 0;
        return good;
    }
}
