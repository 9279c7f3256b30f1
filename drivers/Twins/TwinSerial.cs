using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The serial end of a twin: bytes arrive one character time after the other, and fail on demand.</summary>
internal sealed class TwinSerial
{
    private const int NoiseBytes = 3;

    private readonly byte[] _bytes;
    private readonly long[] _arrivesAtUs;
    private readonly TwinNoise _noise = new TwinNoise();
    private readonly int _baud;
    private readonly int _parity;
    private int _first;
    private int _count;
    private long _lineFreeAtUs;
    private int _bytesOfAnswer;
    private bool _isOpen;

    /// <param name="baud">The only speed that the chip understands.</param>
    /// <param name="parity">As in <see cref="ISerialLine.TryConfigure"/>.</param>
    /// <param name="bufferBytes">What the receiver keeps; older bytes are lost.</param>
    public TwinSerial(int baud, int parity, int bufferBytes)
    {
        _baud = baud;
        _parity = parity;
        _bytes = new byte[bufferBytes];
        _arrivesAtUs = new long[bufferBytes];
    }

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults { get; set; }

    public int BreakAfterBytes { get; set; }

    /// <summary>So many of the reads or writes behind <see cref="PassTransfers"/> fail: overrun, or a line that is
    /// gone.
    /// </summary>
    public int FailTransfers { get; set; }

    public int PassTransfers { get; set; }

    public BusFault LastFault { get; private set; }

    public long NowUs { get; private set; }

    /// <summary>One character: start, 8 data, parity, stop.</summary>
    public int CharacterUs => (_parity == 0 ? 10 : 11) * 1_000_000 / _baud;

    public void Advance(long milliseconds) => NowUs += milliseconds * 1000;

    public bool TryConfigure(int baud, int parity)
    {
        Invariant.Require(
            baud == _baud && parity == _parity, "serial twin: the chip speaks at another speed or parity");
        _isOpen = true;
        LastFault = BusFault.None;
        return true;
    }

    /// <summary>The chip begins to answer so many characters after now.</summary>
    public void BeginAnswer(int afterCharacters)
    {
        _bytesOfAnswer = 0;
        long at = NowUs + (long)afterCharacters * CharacterUs;
        _lineFreeAtUs = at > _lineFreeAtUs ? at : _lineFreeAtUs;
        if ((Faults & TwinFault.Noise) != 0)
        {
            // A disturbance takes no time of the chip's: the answer does not come later for it.
            for (int i = 0; i < NoiseBytes; i++)
            {
                Put((byte)_noise.Next(), 0);
            }
        }
    }

    public void Send(int value)
    {
        bool isCut = (Faults & TwinFault.BreaksOff) != 0 && _bytesOfAnswer >= BreakAfterBytes;
        _bytesOfAnswer++;
        if (!isCut && (Faults & (TwinFault.Unplugged | TwinFault.Slow)) == 0)
        {
            Put((byte)((Faults & TwinFault.AllOnes) != 0 ? 0xFF : value), CharacterUs);
        }
        else
        {
            _lineFreeAtUs += CharacterUs;
        }
    }

    /// <summary>The supply is gone: what was under way does not come.</summary>
    public void Clear()
    {
        _count = 0;
        _lineFreeAtUs = NowUs;
    }

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        Invariant.Require(_isOpen, "serial twin: the line was not configured");
        received = 0;
        if (_count > 0 && IsFailing())
        {
            DropArrived();
            return false;
        }

        LastFault = BusFault.None;
        while (received < count && _count > 0 && _arrivesAtUs[_first] <= NowUs)
        {
            buffer[offset + received] = _bytes[_first];
            received++;
            Drop();
        }

        return true;
    }

    /// <summary>False: the line did not take the bytes. True with <paramref name="isHeard"/> false: nobody is there.
    /// </summary>
    public bool TryWrite(out bool isHeard)
    {
        Invariant.Require(_isOpen, "serial twin: the line was not configured");
        isHeard = (Faults & TwinFault.Unplugged) == 0;
        if (IsFailing())
        {
            return false;
        }

        LastFault = BusFault.None;
        return true;
    }

    private bool IsFailing()
    {
        if (PassTransfers > 0)
        {
            PassTransfers--;
            return false;
        }

        if (FailTransfers == 0)
        {
            return false;
        }

        FailTransfers--;
        LastFault = BusFault.Other;
        return true;
    }

    private void Put(byte value, int characterUs)
    {
        if (_count == _bytes.Length)
        {
            Drop();
        }

        int at = _first + _count;
        at = at >= _bytes.Length ? at - _bytes.Length : at;
        _lineFreeAtUs = (_lineFreeAtUs > NowUs ? _lineFreeAtUs : NowUs) + characterUs;
        _bytes[at] = value;
        _arrivesAtUs[at] = _lineFreeAtUs;
        _count++;
    }

    private void Drop()
    {
        _first = _first + 1 == _bytes.Length ? 0 : _first + 1;
        _count--;
    }

    private void DropArrived()
    {
        while (_count > 0 && _arrivesAtUs[_first] <= NowUs)
        {
            Drop();
        }
    }
}
