using MeterFirmware.Hardware;

namespace MeterFirmware.Dlt645;

/// <summary>
/// Asks a DL/T 645-2007 meter, one request at a time: <see cref="TryBegin"/>, then <see cref="Tick"/> until the
/// outcome is no longer Waiting. Parts of a long answer are fetched and joined. Nothing is allocated after
/// construction.
/// </summary>
public sealed class Dlt645Client
{
    private readonly ISerialLine _line;
    private readonly Dlt645Receiver _receiver;
    private readonly Dlt645Frame _request = new Dlt645Frame();
    private readonly byte[] _input = new byte[64];
    private readonly byte[] _output = new byte[Dlt645Protocol.FrameLengthMax + 4];
    private readonly byte[] _data;
    private int _triesLeft;
    private long _sentMs;
    private int _outputLength;
    private int _nextPart;
    private bool _configured;

    /// <param name="dataBytes">Longest answer, without its identifier.</param>
    public Dlt645Client(ISerialLine line, int dataBytes)
    {
        _line = line;
        _data = new byte[dataBytes];
        _receiver = new Dlt645Receiver(PauseMs);
    }

    /// <summary>Longest pause inside a frame (clause 5.3).</summary>
    public const int PauseMs = 500;

    public int Baud { get; set; } = Dlt645Protocol.DefaultBaud;

    /// <summary>A reply must begin within 500 ms of the request's end; the rest is the line's own time: 212 bytes
    /// at 1200 baud need 1 950 ms.</summary>
    public int ReplyTimeoutMs { get; set; } = 2_500;

    /// <summary>Requests sent before giving up, 1 or more.</summary>
    public int Tries { get; set; } = 3;

    /// <summary>FE bytes in front of a request, 0 to 4. Many meters sleep until four have come.</summary>
    public int WakeUpCount { get; set; } = 4;

    public Dlt645Outcome Outcome { get; private set; }

    /// <summary>Error bits of a refusal.</summary>
    public int ErrorBits { get; private set; }

    /// <summary>The answer without identifier and sequence numbers.</summary>
    public byte[] Data => _data;

    public int DataLength { get; private set; }

    /// <summary>Address the last reply came from: the real one when a wildcard asked.</summary>
    public byte[] ReplyAddress => _receiver.Frame.Address;

    /// <summary>Frames that failed a check of the link layer.</summary>
    public long BadFrameCount => _receiver.FailureCount;

    /// <summary>Reads a data identifier. False while another request is waiting.</summary>
    public bool TryBeginRead(byte[] address, int di)
    {
        if (Outcome == Dlt645Outcome.Waiting)
        {
            return false;
        }

        _request.SetAddress(address);
        _request.Control = Dlt645Protocol.Read;
        _request.Length = 4;
        _request.WriteIdentifier(di);
        return TryBegin();
    }

    /// <summary>Sends any request: a control code and its data.</summary>
    public bool TryBegin(byte[] address, int control, byte[] data, int dataLength)
    {
        if (Outcome == Dlt645Outcome.Waiting || dataLength > Dlt645Frame.LengthMaxOf(control))
        {
            return false;
        }

        _request.SetAddress(address);
        _request.Control = control;
        _request.Length = dataLength;
        for (int i = 0; i < dataLength; i++)
        {
            _request.Data[i] = data[i];
        }

        return TryBegin();
    }

    private bool TryBegin()
    {
        DataLength = 0;
        ErrorBits = 0;
        _nextPart = 0;
        _triesLeft = Tries;
        _outputLength = 0;
        Outcome = Dlt645Outcome.Waiting;
        return true;
    }

    public void Tick(long nowMs)
    {
        if (Outcome != Dlt645Outcome.Waiting)
        {
            return;
        }

        if (!_configured)
        {
            _configured = _line.TryConfigure(Baud, Dlt645Protocol.EvenParity);
            if (!_configured)
            {
                Outcome = Dlt645Outcome.LineDown;
                return;
            }
        }

        if (_outputLength == 0 && !TrySend(nowMs))
        {
            return;
        }

        if (TryReceive(nowMs))
        {
            return;
        }

        if (nowMs - _sentMs > ReplyTimeoutMs)
        {
            _outputLength = 0;
            if (_triesLeft == 0)
            {
                Outcome = Dlt645Outcome.TimedOut;
            }
        }
    }

    private bool TrySend(long nowMs)
    {
        // What still lies in the line belongs to an earlier request.
        _receiver.Clear();
        while (_line.TryRead(_input, 0, _input.Length, out int stale) && stale > 0)
        {
        }

        int length = _request.Encode(WakeUpCount, _output, 0);
        if (!_line.TryWrite(_output, 0, length))
        {
            Outcome = Dlt645Outcome.LineDown;
            _configured = false;
            return false;
        }

        _triesLeft--;
        _outputLength = length;
        _sentMs = nowMs;
        if (_request.IsBroadcast)
        {
            Outcome = Dlt645Outcome.Done;
            return false;
        }

        return true;
    }

    /// <summary>True when the request ended or went on to the next part.</summary>
    private bool TryReceive(long nowMs)
    {
        while (_line.TryRead(_input, 0, _input.Length, out int count) && count > 0)
        {
            for (int i = 0; i < count; i++)
            {
                bool got = _receiver.Feed(_input[i], nowMs);
                while (got)
                {
                    if (TryTakeReply(_receiver.Frame))
                    {
                        return true;
                    }

                    got = _receiver.TryTake();
                }
            }
        }

        return _receiver.Idle(nowMs) && TryTakeReply(_receiver.Frame);
    }

    private bool TryTakeReply(Dlt645Frame reply)
    {
        // An RS-485 adapter may echo the request, and other meters' replies pass on the same line.
        if (!reply.IsReply || reply.Function != _request.Function || !IsFromAsked(reply))
        {
            return false;
        }

        if (reply.IsError)
        {
            ErrorBits = reply.Length > 0 ? reply.Data[0] : Dlt645Protocol.ErrorOther;
            Outcome = Dlt645Outcome.Refused;
            return true;
        }

        bool isRead = reply.Function == Dlt645Protocol.Read || reply.Function == Dlt645Protocol.ReadNext;
        if (!isRead)
        {
            Outcome = TryAppend(reply, 0, reply.Length) ? Dlt645Outcome.Done : Dlt645Outcome.BadAnswer;
            return true;
        }

        return TryTakePart(reply);
    }

    private bool IsFromAsked(Dlt645Frame reply) =>
        _request.AddressCovers(reply.Address) || _request.Function == Dlt645Protocol.WriteAddress;

    private bool TryTakePart(Dlt645Frame reply)
    {
        _request.TryReadIdentifier(out int asked);
        if (!reply.TryReadIdentifier(out int got) || got != asked)
        {
            return false;
        }

        int end = reply.Length;
        if (_nextPart > 0)
        {
            // A repeated reply to an earlier part is not this one.
            end--;
            if (end < 4 || reply.Data[end] != (byte)_nextPart)
            {
                return false;
            }
        }

        if (!TryAppend(reply, 4, end - 4))
        {
            Outcome = Dlt645Outcome.BadAnswer;
            return true;
        }

        if (!reply.HasMore)
        {
            Outcome = Dlt645Outcome.Done;
            return true;
        }

        // Ask the meter that answered: a wildcard could meet another one.
        _nextPart++;
        _request.SetAddress(reply.Address);
        _request.Control = Dlt645Protocol.ReadNext;
        _request.Data[4] = (byte)_nextPart;
        _request.Length = 5;
        _triesLeft = Tries;
        _outputLength = 0;
        return true;
    }

    private bool TryAppend(Dlt645Frame reply, int offset, int count)
    {
        if (DataLength + count > _data.Length)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            _data[DataLength + i] = reply.Data[offset + i];
        }

        DataLength += count;
        return true;
    }
}
