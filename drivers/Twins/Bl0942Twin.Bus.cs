using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>UART and SPI: frames, check sums, transfers that fail, answers that lie.</summary>
public sealed partial class Bl0942Twin
{
    private const int ReadCommand = 0x58;
    private const int WriteCommand = 0xA8;
    private const int PacketRegister = 0xAA;

    private readonly int _address;
    private readonly TwinSerial _serial;
    private readonly TwinLine _line = new TwinLine();
    private readonly byte[] _packet = new byte[23];
    private readonly byte[] _frozen = new byte[23];
    private int _corruptAt = -1;
    private int _corruptValue;
    private bool _isFrozen;

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _serial.Faults;

    public BusFault LastFault => _line.LastFault != BusFault.None ? _line.LastFault : _serial.LastFault;

    /// <summary>Line time of one packet, request included, in ms.</summary>
    public int PacketMs => (25 * _serial.CharacterUs + 999) / 1000;

    public void SetFaults(int faults)
    {
        _serial.Faults = faults;
        _line.Faults = faults;
        bool isFrozen = (faults & TwinFault.Stuck) != 0;
        if (isFrozen && !_isFrozen)
        {
            FillPacket(_frozen);
        }

        _isFrozen = isFrozen;
    }

    /// <summary>Lets every answer end after so many bytes.</summary>
    public void SetBreakAfter(int bytes)
    {
        _serial.BreakAfterBytes = bytes;
        _line.BreakAfterBytes = bytes;
        SetFaults(Faults | TwinFault.BreaksOff);
    }

    /// <summary>Lets transfers fail, after some good ones.</summary>
    public void FailTransfers(int count, int after)
    {
        _serial.FailTransfers = count;
        _serial.PassTransfers = after;
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    /// <summary>Puts a byte of the next packet to another value, and mends the check sum: an answer that
    /// lies.</summary>
    public void CorruptNextPacket(int at, int value)
    {
        _corruptAt = at;
        _corruptValue = value;
    }

    public bool TryConfigure(int baud, int parity) => _serial.TryConfigure(baud, parity);

    public bool TryRead(byte[] buffer, int offset, int count, out int received) =>
        _serial.TryRead(buffer, offset, count, out received);

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        if (!_serial.TryWrite(out bool isHeard))
        {
            return false;
        }

        int end = offset + count;
        while (isHeard && _upMs >= PowerUpMs && offset < end)
        {
            offset += TakeSerial(buffer, offset, end - offset, count);
        }

        return true;
    }

    private int TakeSerial(byte[] buffer, int at, int left, int requestBytes)
    {
        int command = buffer[at] & 0xFC;
        Invariant.Require(
            (buffer[at] & 3) == _address && (command == ReadCommand || command == WriteCommand),
            "BL0942 twin: neither a read nor a write of this address");
        if (command == WriteCommand)
        {
            Invariant.Require(left >= 6, "BL0942 twin: a write has six bytes");
            RequireCheck(buffer, at);
            WriteRegister(buffer[at + 1], buffer[at + 2] | (buffer[at + 3] << 8) | (buffer[at + 4] << 16));
            return 6;
        }

        Invariant.Require(left >= 2, "BL0942 twin: a read has two bytes");
        _serial.BeginAnswer(requestBytes);
        if (buffer[at + 1] == PacketRegister)
        {
            SendPacket();
        }
        else
        {
            SendRegister(buffer[at], buffer[at + 1]);
        }

        return 2;
    }

    private void SendPacket()
    {
        FillPacket(_packet);
        if (_isFrozen)
        {
            System.Array.Copy(_frozen, _packet, 23);
        }

        if (_corruptAt >= 0)
        {
            _packet[_corruptAt] = (byte)_corruptValue;
            _corruptAt = -1;
        }

        int sum = ReadCommand + _address;
        for (int i = 0; i < 22; i++)
        {
            sum += _packet[i];
            _serial.Send(_packet[i]);
        }

        _serial.Send(Check(sum));
    }

    private void FillPacket(byte[] packet)
    {
        packet[0] = 0x55;
        Put24(packet, 1, ReadRegister(0x03));
        Put24(packet, 4, ReadRegister(0x04));
        Put24(packet, 7, ReadRegister(0x05));
        Put24(packet, 10, ReadRegister(0x06));
        Put24(packet, 13, ReadRegister(0x07));
        Put24(packet, 16, ReadRegister(0x08));
        packet[19] = (byte)Status();
        packet[20] = 0;
        packet[21] = 0;
    }

    private void SendRegister(int command, int register)
    {
        int value = ReadRegister(register);
        _serial.Send(value & 0xFF);
        _serial.Send((value >> 8) & 0xFF);
        _serial.Send((value >> 16) & 0xFF);
        _serial.Send(Check(command + register + (value & 0xFF) + ((value >> 8) & 0xFF) + (value >> 16)));
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        Invariant.Require(count == 6 && buffer[0] == WriteCommand, "BL0942 twin: an SPI write is A8 and five bytes");
        RequireCheck(buffer, 0);
        WriteRegister(buffer[1], (buffer[2] << 16) | (buffer[3] << 8) | buffer[4]);
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        Invariant.Require(
            writeCount == 2 && readCount == 4 && write[0] == ReadCommand, "BL0942 twin: an SPI read is 58, register");
        int value = ReadRegister(write[1]);
        read[0] = (byte)(value >> 16);
        read[1] = (byte)(value >> 8);
        read[2] = (byte)value;
        read[3] = (byte)Check(write[0] + write[1] + read[0] + read[1] + read[2]);
        for (int i = 0; i < 4 && (Faults & TwinFault.AllOnes) != 0; i++)
        {
            read[i] = 0xFF;
        }

        return _line.CompletesRead(read, readCount);
    }

    private static void RequireCheck(byte[] buffer, int at)
    {
        int sum = buffer[at] + buffer[at + 1] + buffer[at + 2] + buffer[at + 3] + buffer[at + 4];
        Invariant.Require(buffer[at + 5] == (~sum & 0xFF), "BL0942 twin: a write's check sum is wrong");
    }

    private int Check(int sum) => (~sum & 0xFF) ^ ((Faults & TwinFault.WrongCheck) != 0 ? 0x10 : 0);

    private static void Put24(byte[] bytes, int at, int value)
    {
        bytes[at] = (byte)value;
        bytes[at + 1] = (byte)(value >> 8);
        bytes[at + 2] = (byte)(value >> 16);
    }
}
