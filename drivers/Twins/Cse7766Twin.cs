using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// CSE7766 at byte level: a frame every 55 ms, 4 800 baud 8E1, with the header's states, the counter of 16 bits and the
/// bit that turns over with it. It hears nothing.
/// </summary>
public sealed class Cse7766Twin : ISerialLine
{
    /// <summary>24 characters of 11 bits.</summary>
    public const int FrameMs = 55;

    /// <summary>From power-up until the first frame.</summary>
    public const int PowerUpMs = 200;

    private const int VoltageCoefficient = 0x02F760;
    private const int CurrentCoefficient = 0x004010;
    private const int PowerCoefficient = 0x51A658;

    // What a receiver keeps of frames that nobody fetched.
    private const int BufferBytes = 72;
    private const int FramesKept = 3;

    private readonly TwinSerial _serial = new TwinSerial(4_800, 2, BufferBytes);
    private readonly TwinEnergyRegister _pulses = new TwinEnergyRegister(PowerCoefficient, 1);
    private readonly byte[] _bytes = new byte[24];
    private int _millivolts;
    private int _milliamps;
    private int _milliwatts;
    private long _nowMs;
    private long _frameAtMs;
    private int _corruptAt = -1;
    private int _corruptValue;

    public Cse7766Twin()
    {
        Reset();
    }

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _serial.Faults;

    public BusFault LastFault => _serial.LastFault;

    public long Pulses => _pulses.Counts;

    /// <summary>Below it the period of power is over its range: header F2, and nothing is counted.</summary>
    public int NoLoadMilliwatts { get; set; } = 1_000;

    /// <summary>True: the chip has no coefficients stored.</summary>
    public bool IsUncalibrated { get; set; }

    public void SetLoad(int millivolts, int milliamps, int milliwatts)
    {
        _millivolts = millivolts;
        _milliamps = milliamps;
        _milliwatts = milliwatts < 0 ? -milliwatts : milliwatts;
    }

    public void SetFaults(int faults) => _serial.Faults = faults;

    public void SetBreakAfter(int bytes)
    {
        _serial.BreakAfterBytes = bytes;
        SetFaults(Faults | TwinFault.BreaksOff);
    }

    public void FailTransfers(int count, int after)
    {
        _serial.FailTransfers = count;
        _serial.PassTransfers = after;
    }

    /// <summary>A byte of the next frame is another one; the sum is mended.</summary>
    public void CorruptNextFrame(int at, int value)
    {
        _corruptAt = at;
        _corruptValue = value;
    }

    /// <summary>Lets time pass, frame by frame; frames that no receiver would keep are left out.</summary>
    public void Advance(long milliseconds)
    {
        long endMs = _nowMs + milliseconds;
        long skipMs = (endMs - _frameAtMs) / FrameMs - FramesKept;
        if (skipMs > 0)
        {
            _frameAtMs += skipMs * FrameMs;
        }

        while (_frameAtMs <= endMs)
        {
            Pass(_frameAtMs - _nowMs);
            SendFrame();
            _frameAtMs += FrameMs;
        }

        Pass(endMs - _nowMs);
    }

    /// <summary>Supply lost and back: the counter at zero, silence for a while.</summary>
    public void Reset()
    {
        _pulses.Reset();
        _serial.Clear();
        _frameAtMs = _nowMs + PowerUpMs;
    }

    public bool TryConfigure(int baud, int parity) => _serial.TryConfigure(baud, parity);

    public bool TryRead(byte[] buffer, int offset, int count, out int received) =>
        _serial.TryRead(buffer, offset, count, out received);

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        Invariant.Require(false, "CSE7766 twin: the chip hears nothing");
        return false;
    }

    private void Pass(long milliseconds)
    {
        _nowMs += milliseconds;
        _serial.Advance(milliseconds);
        if (_milliwatts >= NoLoadMilliwatts && milliseconds > 0 && (Faults & TwinFault.CounterHalted) == 0)
        {
            _pulses.Add(_milliwatts * milliseconds, 0x40_0000, 0);
        }
    }

    private void SendFrame()
    {
        int over = (_millivolts < 1_000 ? 8 : 0) | (_milliamps == 0 ? 4 : 0) | (_milliwatts < NoLoadMilliwatts ? 2 : 0);

        // The current alone never makes a header: its period is then the longest one.
        over &= _millivolts < 1_000 ? 0xE : 0xA;
        _bytes[0] = (byte)(over != 0 ? 0xF0 | over : IsUncalibrated ? 0xAA : 0x55);
        _bytes[1] = 0x5A;
        Put(2, VoltageCoefficient, _millivolts);
        Put(8, CurrentCoefficient, _milliamps);
        Put(14, PowerCoefficient, _milliwatts);
        int pulses = (int)(_pulses.Counts & 0x1FFFF);
        _bytes[20] = (byte)((pulses >> 16 << 7) | 0x71);
        _bytes[21] = (byte)(pulses >> 8);
        _bytes[22] = (byte)pulses;
        if (_corruptAt >= 0)
        {
            _bytes[_corruptAt] = (byte)_corruptValue;
            _corruptAt = -1;
        }

        int sum = (Faults & TwinFault.WrongCheck) != 0 ? 1 : 0;
        for (int i = 2; i < 23; i++)
        {
            sum += _bytes[i];
        }

        _bytes[23] = (byte)sum;
        _serial.BeginAnswer(0);
        for (int i = 0; i < 24; i++)
        {
            _serial.Send(_bytes[i]);
        }
    }

    private void Put(int at, int coefficient, int milli)
    {
        long period = milli == 0 ? 0xFF_FFFF : (coefficient * 1000L + milli / 2) / milli;
        period = period > 0xFF_FFFF ? 0xFF_FFFF : period;
        Put24(at, IsUncalibrated ? 0 : coefficient);
        Put24(at + 3, (int)period);
    }

    private void Put24(int at, int value)
    {
        _bytes[at] = (byte)(value >> 16);
        _bytes[at + 1] = (byte)(value >> 8);
        _bytes[at + 2] = (byte)value;
    }
}
