using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>INA226 at register level, with a shunt of 10 mΩ. Its register numbers and scales are typed here from the
/// data sheet, apart from the driver's.</summary>
public sealed class Ina226Twin : IRegisterBus
{
    /// <summary>From power-up until the chip answers.</summary>
    public const int PowerUpMs = 40;

    private const int ConfigurationAfterReset = 0x4127;

    // 16 samples of shunt and of bus, 1.1 ms each.
    private const int ConversionMs = 36;

    private readonly TwinLine _line = new TwinLine();
    private readonly TwinNoise _dither = new TwinNoise();
    private readonly int[] _frozen = new int[8];
    private int _configuration;
    private int _calibration;
    private int _millivolts;
    private int _milliamps;
    private int _ditherBit;
    private long _upMs;
    private long _setMs;

    public Ina226Twin()
    {
        Reset();
    }

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _line.Faults;

    public BusFault LastFault => _line.LastFault;

    public int Configuration => _configuration;

    public void SetLoad(int millivolts, int milliamps)
    {
        _millivolts = millivolts;
        _milliamps = milliamps;
    }

    /// <summary>Lets time pass; it only measures.</summary>
    public void Advance(long milliseconds)
    {
        _upMs += milliseconds;
        _setMs += milliseconds;
        _ditherBit = (int)(_dither.Next() >> 31);
    }

    /// <summary>A disturbance leaves other registers than were written.</summary>
    public void Disturb(int configuration, int calibration)
    {
        _configuration = configuration;
        _calibration = calibration;
    }

    /// <summary>Supply lost and back: registers at their defaults.</summary>
    public void Reset()
    {
        _upMs = 0;
        _configuration = ConfigurationAfterReset;
        _calibration = 0;
    }

    public void SetFaults(int faults)
    {
        for (int register = 2; register < _frozen.Length && (Faults & TwinFault.Stuck) == 0; register++)
        {
            _frozen[register] = IsReading(register) ? Reading(register) : 0;
        }

        _line.Faults = faults;
    }

    /// <summary>Lets transfers fail, after some good ones.</summary>
    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        Invariant.Require(
            count == 3 && (buffer[0] == 0 || buffer[0] == 5),
            "INA226 twin: a register that cannot be written was written");
        int value = (buffer[1] << 8) | buffer[2];
        _configuration = buffer[0] == 0 ? value : _configuration;
        _calibration = buffer[0] == 5 ? value & 0x7FFF : _calibration;
        _setMs = 0;
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int register = write[0];
        Invariant.Require(
            writeCount == 1 && readCount == 2 && (register == 0 || register == 5 || IsReading(register)),
            "INA226 twin: a register that the chip does not have was read");
        int value = register == 0 ? _configuration : register == 5 ? _calibration
            : (Faults & TwinFault.Stuck) != 0 ? _frozen[register] : Reading(register);
        value = (Faults & TwinFault.AllOnes) != 0 ? 0xFFFF : value;
        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        return _line.CompletesRead(read, readCount);
    }

    private static bool IsReading(int register) => register == 2 || register == 4;

    private int Reading(int register)
    {
        switch (register)
        {
            case 2:
                return _millivolts * 4 / 5 + _ditherBit;
            case 4:
                // Shunt voltage in counts of 2.5 µV × calibration / 2048 (data sheet, equation 3), made anew with each
                // conversion.
                return _setMs < ConversionMs ? 0 : (_milliamps * 4 * _calibration / 2_048) & 0xFFFF;
            default:
                return 0;
        }
    }
}
