using System;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Fram;

/// <summary>
/// FRAM as blocks: FM24CL64B and MB85RC256V on I²C, FM25V and MB85RS on SPI. An append writes the bytes behind the
/// block's end and then its new length, each read back; an erase writes a length alone. Power may fail at any byte: the
/// block then has its old length or the new one.
/// </summary>
public sealed class FramBlockStore : IBlockStore
{
    private const int SequenceMask = 0xFF;

    /// <summary>What is not whole is read again until two readings agree: a bit that fell over on the line must not
    /// hide the newer slot, or make a store look like none.</summary>
    private const int ReadsMax = 4;

    private readonly FramSettings _settings;
    private readonly FramPort _port;
    private readonly int[] _lengths;
    private readonly byte[] _sequences;
    private readonly byte[] _slots;
    private readonly byte[] _head = new byte[FramLayout.StoreHeadBytes];
    private readonly byte[] _before = new byte[FramLayout.StoreHeadBytes];
    private readonly byte[] _room = new byte[FramLayout.StoreHeadBytes];

    /// <summary>Touches nothing. Until <see cref="Open"/> found a store, every block counts as full.</summary>
    public FramBlockStore(IRegisterBus bus, FramSettings settings)
    {
        settings.Validate();
        _settings = settings;
        _port = new FramPort(bus, settings);
        BlockBytes = settings.BlockBytes;
        _lengths = new int[settings.BlockCount];
        _sequences = new byte[settings.BlockCount];
        _slots = new byte[FramLayout.BlockHeadBytes];
        MarkFull();
    }

    public int BlockCount => _settings.BlockCount;

    public int BlockBytes { get; }

    /// <summary>What the last <see cref="Open"/> or <see cref="Format"/> found.</summary>
    public FramState State { get; private set; } = FramState.Missing;

    /// <summary>Looks for a store of this geometry and reads the blocks' lengths. Writes nothing.</summary>
    public FramState Open()
    {
        MarkFull();
        State = FramState.Missing;
        if (!TryReadHead(out bool isOurs) || IsAllOnes())
        {
            return State;
        }

        if (!isOurs)
        {
            State = FramLayout.IsStoreHead(_head) ? FramState.Other : FramState.Unformatted;
            return State;
        }

        for (int block = 0; block < BlockCount; block++)
        {
            if (!TryReadLength(block))
            {
                MarkFull();
                return State;
            }
        }

        State = FramState.Ready;
        return State;
    }

    /// <summary>Makes an empty store, whatever the chip held. The head is written last: power that fails on the way
    /// leaves an unformatted chip.</summary>
    public FramState Format()
    {
        State = FramState.Missing;
        MarkFull();
        for (int i = 0; i < FramLayout.StoreHeadBytes; i++)
        {
            _head[i] = 0;
        }

        if (!_port.TryWrite(0, _head, 0, FramLayout.StoreHeadBytes))
        {
            return State;
        }

        for (int block = 0; block < BlockCount; block++)
        {
            if (!TryPutLength(block, 0, 0) || !TryPutLength(block, 1, 0))
            {
                MarkFull();
                return State;
            }
        }

        FramLayout.PutStoreHead(_head, _settings);
        return _port.TryWrite(0, _head, 0, FramLayout.StoreHeadBytes) ? Open() : State;
    }

    public int LengthOf(int block) => _lengths[block];

    public bool TryErase(int block) => State == FramState.Ready && TryPutLength(block, _sequences[block] + 1, 0);

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        int length = _lengths[block];
        return State == FramState.Ready && count >= 0 && count <= BlockBytes - length
            && _port.TryWrite(FramLayout.BlockAt(_settings, block) + length, buffer, offset, count)
            && TryPutLength(block, _sequences[block] + 1, length + count);
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        State == FramState.Ready && position >= 0 && count >= 0 && count <= _lengths[block] - position
        && _port.TryRead(FramLayout.BlockAt(_settings, block) + position, buffer, offset, count);

    /// <summary>False: the chip does not answer, or each time with something else.</summary>
    private bool TryReadHead(out bool isOurs)
    {
        FramLayout.PutStoreHead(_room, _settings);
        isOurs = false;
        for (int i = 0; i < ReadsMax && !isOurs; i++)
        {
            if (!TryReadAgain(0, _head, i > 0, out bool isSame))
            {
                return false;
            }

            isOurs = IsEqual(_head, _room);
            if (isSame)
            {
                return true;
            }
        }

        return isOurs;
    }

    /// <summary>Both slots of a block. False: the chip does not answer, or each time with something else.</summary>
    private bool TryReadSlots(int block)
    {
        for (int i = 0; i < ReadsMax; i++)
        {
            if (!TryReadAgain(FramLayout.SlotAt(block, 0), _slots, i > 0, out bool isSame))
            {
                return false;
            }

            if (isSame || (FramLayout.TryGetSlot(_slots, 0, block, _room, out int _, out int _)
                && FramLayout.TryGetSlot(_slots, FramLayout.SlotBytes, block, _room, out int _, out int _)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a head. <paramref name="isSame"/>: as it was read before.</summary>
    private bool TryReadAgain(int address, byte[] into, bool hasBefore, out bool isSame)
    {
        Array.Copy(into, _before, into.Length);
        bool isRead = _port.TryRead(address, into, 0, into.Length);
        isSame = hasBefore && IsEqual(into, _before);
        return isRead;
    }

    /// <summary>The newer of the two slots that are whole. None: the block's length is not known, and it counts as
    /// full.</summary>
    private bool TryReadLength(int block)
    {
        if (!TryReadSlots(block))
        {
            return false;
        }

        bool has0 = FramLayout.TryGetSlot(_slots, 0, block, _room, out int sequence0, out int length0);
        bool has1 = FramLayout.TryGetSlot(
            _slots, FramLayout.SlotBytes, block, _room, out int sequence1, out int length1);
        bool takes1 = has1 && (!has0 || ((sequence1 - sequence0) & SequenceMask) == 1);
        int length = takes1 ? length1 : length0;
        bool isKnown = (has0 || has1) && length <= BlockBytes;
        _lengths[block] = isKnown ? length : BlockBytes;

        // The number's lowest bit is its slot, so the next one goes to the slot that does not hold.
        _sequences[block] = (byte)(takes1 ? sequence1 : has0 ? sequence0 : 0);
        return true;
    }

    /// <summary>Writes the slot of this number. Failed: the chip may hold the old length or the new one, and is asked.
    /// </summary>
    private bool TryPutLength(int block, int sequence, int length)
    {
        int number = sequence & SequenceMask;
        FramLayout.PutSlot(_room, block, number, length);
        bool isWritten = _port.TryWrite(FramLayout.SlotAt(block, number & 1), _room, 0, FramLayout.SlotBytes);
        if (isWritten)
        {
            _sequences[block] = (byte)number;
            _lengths[block] = length;
        }
        else if (!TryReadLength(block))
        {
            _lengths[block] = BlockBytes;
        }

        return isWritten;
    }

    private void MarkFull()
    {
        for (int block = 0; block < _lengths.Length; block++)
        {
            _lengths[block] = BlockBytes;
        }
    }

    private static bool IsEqual(byte[] bytes, byte[] others)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != others[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>All ones is a data line that nobody drives.</summary>
    private bool IsAllOnes()
    {
        for (int i = 0; i < FramLayout.StoreHeadBytes; i++)
        {
            if (_head[i] != 0xFF)
            {
                return false;
            }
        }

        return true;
    }
}
