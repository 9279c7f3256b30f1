using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// FRAM at byte level, on I²C (two address bytes) or on SPI (WREN before every WRITE, protected blocks, two or three
/// address bytes). A byte is stored with its last clock; the supply can be cut after any byte.
/// </summary>
public sealed class FramTwin : IRegisterBus
{
    private const int NoCut = -1;

    private readonly byte[] _memory;
    private readonly bool _isSpi;
    private readonly int _addressBytes;
    private readonly TwinLine _line = new TwinLine();
    private bool _isWriteEnabled;
    private bool _isDark;
    private int _bytesUntilCut = NoCut;

    /// <param name="capacityBytes">A power of two.</param>
    /// <param name="isSpi">False: I²C.</param>
    public FramTwin(int capacityBytes, bool isSpi)
    {
        _memory = new byte[capacityBytes];
        _isSpi = isSpi;
        _addressBytes = capacityBytes > 0x1_0000 ? 3 : 2;
    }

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults
    {
        get => _line.Faults;
        set => _line.Faults = value;
    }

    /// <summary>BP1:BP0 of the status register, SPI: nothing, the upper quarter, half, all protected.</summary>
    public int Protection { get; set; }

    /// <summary>So many reads are good before those of <see cref="FlippedReads"/>.</summary>
    public int GoodReads { get; set; }

    /// <summary>So many of the next reads come with one bit turned over, each in another byte.</summary>
    public int FlippedReads { get; set; }

    public BusFault LastFault => _line.LastFault;

    public long Transfers => _line.Transfers;

    /// <summary>Bytes stored since construction.</summary>
    public long Writes { get; private set; }

    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    /// <summary>The supply fails when so many more bytes have been stored; nothing answers until <see cref="PowerUp"/>.
    /// </summary>
    public void CutAfter(int bytes) => _bytesUntilCut = bytes;

    public void PowerUp()
    {
        _isDark = false;
        _bytesUntilCut = NoCut;
        _isWriteEnabled = false;
    }

    public byte Peek(int address) => _memory[address];

    public void Poke(int address, byte value) => _memory[address] = value;

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!_line.IsAnswering(!_isDark))
        {
            return false;
        }

        int head = _addressBytes;
        if (_isSpi)
        {
            if (buffer[0] == 0x06)
            {
                Invariant.Require(count == 1, "FRAM twin: WREN stands alone");
                _isWriteEnabled = true;
                return true;
            }

            Invariant.Require(buffer[0] == 0x02, "FRAM twin: an unknown command was sent");
            head++;
        }

        Invariant.Require(count > head, "FRAM twin: a write needs an address and a byte");
        int address = AddressOf(buffer);
        bool isAllowed = !_isSpi || _isWriteEnabled;
        _isWriteEnabled = false;
        for (int i = head; i < count; i++)
        {
            if (_bytesUntilCut == 0)
            {
                _isDark = true;
                return false;
            }

            _bytesUntilCut -= _bytesUntilCut > 0 ? 1 : 0;
            Store((address + i - head) & (_memory.Length - 1), buffer[i], isAllowed);
        }

        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(!_isDark))
        {
            return false;
        }

        Invariant.Require(
            writeCount == _addressBytes + (_isSpi ? 1 : 0) && (!_isSpi || write[0] == 0x03),
            "FRAM twin: a read is READ and an address");
        int address = AddressOf(write);
        for (int i = 0; i < readCount; i++)
        {
            read[i] = (Faults & TwinFault.AllOnes) != 0 ? (byte)0xFF : _memory[(address + i) & (_memory.Length - 1)];
        }

        if (FlippedReads > 0 && GoodReads-- <= 0)
        {
            read[FlippedReads % readCount] ^= 0x10;
            FlippedReads--;
        }

        return _line.CompletesRead(read, readCount);
    }

    private void Store(int address, byte value, bool isAllowed)
    {
        int protectedFrom = Protection == 0 ? _memory.Length : Protection == 1 ? _memory.Length / 4 * 3
            : Protection == 2 ? _memory.Length / 2 : 0;
        if (isAllowed && address < protectedFrom && (Faults & TwinFault.Stuck) == 0)
        {
            _memory[address] = value;
            Writes++;
        }
    }

    private int AddressOf(byte[] buffer)
    {
        int at = _isSpi ? 1 : 0;
        int address = 0;
        for (int i = 0; i < _addressBytes; i++)
        {
            address = (address << 8) | buffer[at + i];
        }

        return address & (_memory.Length - 1);
    }
}
