using MeterFirmware.Dlt698;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Asks a meter: one message out, one back, joined from its fragments. What the meter says by itself meanwhile
/// (login, heartbeat, report) is answered.</summary>
public sealed class Dlt698LineClient(ISerialLine line, string address, int logical, int client)
{
    private const int FromClient = Dlt698Protocol.StartedByClient | Dlt698Protocol.UserData;
    private const int LinkAnswer = Dlt698Protocol.LinkManagement;
    private const int ReportAnswer = Dlt698Protocol.UserData;
    private const int PauseMs = 500;
    private const int LinkTag = 0x01;
    private const int ReportTag = 0x88;

    private readonly Dlt698Receiver _receiver = new(PauseMs);
    private readonly byte[] _input = new byte[256];
    private byte[] _head = [0];
    private byte[] _own = [0];
    private int _number;

    public int TimeoutMs { get; init; } = 2_500;

    public int Tries { get; set; } = 3;

    /// <summary>FE bytes in front of a request.</summary>
    public int WakeUpCount { get; init; }

    /// <summary>User data of the longest frame that is sent; a longer message goes in fragments.</summary>
    public int FrameDataBytes { get; init; } = 512;

    /// <summary>Where the last answer came from.</summary>
    public string? AnsweredBy { get; private set; }

    /// <summary>Frames of the meter's own: logins, heartbeats and reports that were answered.</summary>
    public List<byte[]> Told { get; } = [];

    public long BadFrameCount => _receiver.FailureCount;

    /// <summary>Number of the next exchange: who asks twice tells a late answer by it from the right one.</summary>
    public int NextNumber()
    {
        _number = (_number + 1) & 0x3F;
        return _number;
    }

    /// <summary>The answering message; null: none came, see <see cref="Failure"/>.</summary>
    public byte[]? Ask(byte[] message)
    {
        _own = Dlt698Request.Address(address);
        bool isWildcard = Dlt698Request.IsWildcard(_own);
        _head = [(byte)((isWildcard ? 0x40 : 0) | (logical << 4) | (_own.Length - 1))];
        for (int tries = 0; tries < Tries; tries++)
        {
            byte[]? answer = TryOnce(message);
            if (answer != null || _isDown)
            {
                return answer;
            }
        }

        return null;
    }

    /// <summary>Why there is no answer.</summary>
    public string Failure => _isDown ? "the line is down"
        : BadFrameCount > 0 ? $"no good answer, {BadFrameCount} frames failed a check" : "no answer";

    private bool _isDown;

    private byte[]? TryOnce(byte[] message)
    {
        _receiver.Clear();
        if (message.Length <= FrameDataBytes)
        {
            Send(FromClient, message);
        }
        else if (!TrySendBlocks(message))
        {
            return null;
        }

        return Join(message.Length > 2 && message[0] == 0x10 ? null : PiidOf(message));
    }

    private bool TrySendBlocks(byte[] message)
    {
        int length = FrameDataBytes - Dlt698Protocol.FragmentHeadLength;
        for (int block = 0; block * length < message.Length; block++)
        {
            int at = block * length;
            bool isLast = at + length >= message.Length;
            int kind = isLast ? Dlt698Protocol.LastBlock
                : block == 0 ? Dlt698Protocol.FirstBlock : Dlt698Protocol.MiddleBlock;
            Send(FromClient | Dlt698Protocol.Fragment,
                [(byte)block, (byte)(kind << 6 | block >> 8), .. message[at..Math.Min(at + length, message.Length)]]);
            if (!isLast && !(Receive() is { IsFragment: true, FragmentKind: Dlt698Protocol.Acknowledge } frame
                && frame.FragmentBlock == block))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The answer to the request of that number; null: to whatever was asked.</summary>
    private byte[]? Join(int? piid)
    {
        List<byte> joined = [];
        int last = -1;
        while (Receive() is { } frame)
        {
            if (!frame.IsFragment)
            {
                byte[] message = frame.Data[..frame.Length];
                if (IsAnswer(message, piid))
                {
                    return message;
                }

                continue;
            }

            int block = frame.FragmentBlock;
            if (frame.FragmentKind == Dlt698Protocol.FirstBlock)
            {
                joined.Clear();
            }
            else if (block != last + 1)
            {
                continue;
            }

            last = block;
            joined.AddRange(frame.Data[Dlt698Protocol.FragmentHeadLength..frame.Length]);
            if (frame.FragmentKind == Dlt698Protocol.LastBlock)
            {
                byte[] message = [.. joined];
                if (IsAnswer(message, piid))
                {
                    return message;
                }

                last = -1;
                joined.Clear();
                continue;
            }

            byte high = (byte)(Dlt698Protocol.Acknowledge << 6 | block >> 8);
            Send(FromClient | Dlt698Protocol.Fragment, [(byte)block, high]);
        }

        return null;
    }

    /// <summary>The next frame from the meter for us; null: none in time.</summary>
    private Dlt698Frame? Receive()
    {
        long end = Environment.TickCount64 + TimeoutMs;
        while (!_isDown)
        {
            // Byte by byte: what stands behind a frame belongs to the next one. A damaged byte costs its frame.
            bool isRead = line.TryRead(_input, 0, 1, out int count);
            if (!isRead)
            {
                _receiver.Clear();
            }

            // Time is up when nothing more is there, however late a busy machine looks; a line that never rests has
            // as much again.
            long now = Environment.TickCount64;
            bool isQuiet = !isRead || count == 0;
            if (now >= (isQuiet ? end : end + TimeoutMs))
            {
                return null;
            }

            if (isQuiet)
            {
                Thread.Sleep(2);
            }
            else if (_receiver.Feed(_input[0], now) && IsOurs(_receiver.Frame))
            {
                return _receiver.Frame;
            }
        }

        return null;
    }

    private bool IsOurs(Dlt698Frame frame)
    {
        if (!frame.IsFromServer || frame.Length == 0)
        {
            return false;
        }

        if ((frame.Control & Dlt698Protocol.StartedByClient) == 0)
        {
            AnswerTold(frame);
            return false;
        }

        AnsweredBy = Dlt698Decoder.AddressText(frame);
        return frame.ClientAddress == client;
    }

    private void AnswerTold(Dlt698Frame frame)
    {
        byte[] data = frame.Data[..frame.Length];
        Told.Add(data);
        if (data[0] == LinkTag && data.Length >= 15)
        {
            // Accepted; the time of asking, of receiving and of answering.
            Send(LinkAnswer, [0x81, data[1], 0x80, .. data[5..15], .. Dlt698Request.Now(), .. Dlt698Request.Now()]);
        }
        else if (data[0] == ReportTag && data.Length >= 8)
        {
            Send(ReportAnswer, [0x08, data[1], (byte)(data[2] & 0x3F), 0x01, .. data[4..8], 0x00]);
        }
    }

    private void Send(int control, byte[] data)
    {
        Dlt698Frame frame = new()
        {
            Control = control,
            AddressHead = _head[0],
            ClientAddress = client,
            Length = data.Length,
        };
        _own.CopyTo(frame.Address, 0);
        data.CopyTo(frame.Data, 0);
        byte[] bytes = new byte[WakeUpCount + frame.EncodedLength];
        frame.Encode(WakeUpCount, bytes, 0);
        _isDown |= !line.TryWrite(bytes, 0, bytes.Length);
    }

    /// <summary>An error of a meter that could not read the number has none.</summary>
    private static bool IsAnswer(byte[] message, int? piid) =>
        piid == null || message[0] == 0x90 || PiidOf(message) == piid || (message[0] == 0xEE && PiidOf(message) == 0);

    /// <summary>Number of the exchange: behind the service, and its choice where there is one.</summary>
    private static int? PiidOf(byte[] message)
    {
        bool hasChoice = (message[0] & 0x7F) is 0x05 or 0x06 or 0x07 or 0x08 or 0x09;
        int at = hasChoice ? 2 : 1;
        return message.Length > at ? message[at] & 0x3F : null;
    }
}
