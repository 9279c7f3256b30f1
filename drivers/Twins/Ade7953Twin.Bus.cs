using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The bus side: framing, transfers that fail, answers that lie.</summary>
public sealed partial class Ade7953Twin
{
    // Copies of 0x310 to 0x323 and, behind them, of 0x10A to 0x10E.
    private const int WordsFrozenAt = 0x14 - 0x0A;
    private readonly int[] _frozen = new int[0x19];
    private readonly TwinLine _line = new TwinLine();
    private int _corruptAddress = -1;
    private int _corruptValue;

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _line.Faults;

    /// <summary>Transfers since construction, failed ones included.</summary>
    public long Transfers => _line.Transfers;

    public BusFault LastFault => _line.LastFault;

    /// <summary>Switches faults on; bits of <see cref="TwinFault"/>, several at once if need be.</summary>
    public void SetFaults(int faults)
    {
        if ((faults & TwinFault.Stuck) != 0 && (Faults & TwinFault.Stuck) == 0)
        {
            for (int i = 0; i < 0x14; i++)
            {
                _frozen[i] = i < 0x0E && IsMeasurement(0x310 + i) ? ReadRegister(0x310 + i) : 0;
            }

            for (int channel = 0; channel < ChannelCount; channel++)
            {
                // Not by ReadRegister, which may clear them.
                _frozen[0x0E + channel] = _active[channel].Register;
                _frozen[0x10 + channel] = _reactive[channel].Register;
                _frozen[0x12 + channel] = _apparent[channel].Register;
            }

            for (int i = 0x0A; i <= 0x0E; i++)
            {
                _frozen[WordsFrozenAt + i] = ReadRegister(0x100 + i);
            }
        }

        _line.Faults = faults;
    }

    /// <summary>Lets every read break off after this many bytes: not acknowledged in mid-read.</summary>
    public void SetBreakAfter(int bytes)
    {
        _line.BreakAfterBytes = bytes;
        SetFaults(Faults | TwinFault.BreaksOff);
    }

    /// <summary>Lets the next transfers fail as not acknowledged.</summary>
    public void FailTransfers(int count) => FailTransfers(count, 0);

    /// <summary>Lets transfers fail as not acknowledged, after some good ones.</summary>
    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    /// <summary>Answers the next read of a register with this value instead of its own.</summary>
    public void CorruptNextRead(int address, int value)
    {
        _corruptAddress = address;
        _corruptValue = value;
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        int head = _isSpi ? 3 : 2;
        Invariant.Require(count > head, "ADE7953 twin: a write needs an address and a value");
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int address = (buffer[0] << 8) | buffer[1];
        Invariant.Require(!_isSpi || buffer[2] == 0x00, "ADE7953 twin: SPI write without the direction byte 0x00");
        Invariant.Require(count - head == WidthOf(address), "ADE7953 twin: a write has the wrong width");
        int value = 0;
        for (int i = head; i < count; i++)
        {
            value = (value << 8) | buffer[i];
        }

        WriteRegister(address, value);
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int address = (write[0] << 8) | write[1];
        Invariant.Require(writeCount == (_isSpi ? 3 : 2), "ADE7953 twin: a read starts with the address only");
        Invariant.Require(!_isSpi || write[2] == 0x80, "ADE7953 twin: SPI read without the direction byte 0x80");
        Invariant.Require(readCount == WidthOf(address), "ADE7953 twin: a read has the wrong width");
        int value = Faults == TwinFault.None && _corruptAddress < 0 ? ReadRegister(address) : FaultyRead(address);
        if (readCount == 4)
        {
            read[0] = (byte)(value >> 24);
            read[1] = (byte)(value >> 16);
            read[2] = (byte)(value >> 8);
            read[3] = (byte)value;
        }
        else
        {
            for (int i = 0; i < readCount; i++)
            {
                read[i] = (byte)(value >> (8 * (readCount - 1 - i)));
            }
        }

        return Faults == TwinFault.None || _line.CompletesRead(read, readCount);
    }

    private int FaultyRead(int address)
    {
        if (address == _corruptAddress)
        {
            _corruptAddress = -1;
            return _corruptValue;
        }

        if ((Faults & TwinFault.AllOnes) != 0)
        {
            return -1;
        }

        if ((Faults & TwinFault.Stuck) != 0)
        {
            if (IsMeasurement(address))
            {
                return _frozen[address - 0x310];
            }

            if (address >= 0x10A && address <= 0x10E)
            {
                return _frozen[WordsFrozenAt + address - 0x100];
            }
        }

        return ReadRegister(address);
    }

    private static bool IsMeasurement(int address) =>
        address >= 0x310 && address <= 0x323 && !(address >= 0x316 && address <= 0x319) && address != 0x31D;

    private static int WidthOf(int address)
    {
        int high = address >> 8;
        return high <= 3 ? high + 1 : 1;
    }
}
