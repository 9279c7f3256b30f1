using System;

namespace MeterFirmware.Modbus;

/// <summary>
/// Finds the one reply that a client waits for among noise, an echo of its own request, late replies and what others
/// say. Allocates nothing after construction.</summary>
internal sealed class ModbusReplies
{
    private readonly byte[] _bytes = new byte[ModbusProtocol.TcpLengthMax + 16];
    private readonly bool _isTcp;
    private int _count;
    private int _from;
    private int _unit;
    private int _function;
    private int _length;
    private int _transaction;

    public ModbusReplies(bool isTcp)
    {
        _isTcp = isTcp;
    }

    public byte[] Bytes => _bytes;

    /// <summary>Where the message of the reply begins that was found.</summary>
    public int PduOffset { get; private set; }

    /// <summary>True: it refuses.</summary>
    public bool IsRefusal => (_bytes[PduOffset] & ModbusProtocol.ErrorBit) != 0;

    /// <summary>True when a whole frame of the asked unit came that was no answer to the request.</summary>
    public bool HasStrange { get; private set; }

    /// <summary>A TCP stream whose headers make no sense.</summary>
    public bool IsLost { get; private set; }

    /// <param name="length">Of the reply's message when the device does what was asked.</param>
    public void Expect(int unit, int function, int length, int transaction)
    {
        _unit = unit;
        _function = function;
        _length = length;
        _transaction = transaction;
        _from = 0;
        _count = _isTcp ? _count : 0;
        HasStrange = false;
        IsLost = false;
    }

    /// <summary>True: the reply is here.</summary>
    public bool Feed(byte[] bytes, int count)
    {
        int offset = 0;
        while (offset < count)
        {
            int room = _bytes.Length - _count;
            int part = count - offset < room ? count - offset : room;
            Array.Copy(bytes, offset, _bytes, _count, part);
            _count += part;
            offset += part;
            if (_isTcp ? TryFindTcp() : TryFindRtu())
            {
                return true;
            }

            if (_count == _bytes.Length)
            {
                DropScanned();
            }
        }

        return false;
    }

    private bool TryFindRtu()
    {
        while (_from + 2 < _count)
        {
            int function = _bytes[_from + 1];
            bool isRefusal = function == (_function | ModbusProtocol.ErrorBit);
            if (_bytes[_from] == _unit && (function == _function || isRefusal))
            {
                int expected = isRefusal ? 2 : _length;
                int length = ModbusProtocol.ReplyLength(_bytes, _from + 1, _count - _from - 1);
                bool isExpected = length == expected;
                int whole = 1 + length + ModbusProtocol.CrcLength;
                if (isExpected && _from + whole > _count)
                {
                    return false;
                }

                if (_from + whole <= _count && ModbusCrc.IsGood(_bytes, _from, whole))
                {
                    if (isExpected)
                    {
                        PduOffset = _from + 1;
                        return true;
                    }

                    HasStrange = true;
                }
            }

            _from++;
        }

        return false;
    }

    private bool TryFindTcp()
    {
        while (_count >= ModbusProtocol.TcpHeaderLength)
        {
            int length = ModbusProtocol.ReadUInt16(_bytes, 4);
            if (ModbusProtocol.ReadUInt16(_bytes, 2) != 0 || length < 3 || length > ModbusProtocol.PduLengthMax + 1)
            {
                IsLost = true;
                _count = 0;
                return false;
            }

            if (_count < 6 + length)
            {
                return false;
            }

            PduOffset = ModbusProtocol.TcpHeaderLength;
            if (IsExpectedTcp(length - 1))
            {
                // What follows belongs to nobody: one request is in flight.
                _count = 0;
                return true;
            }

            HasStrange |= ModbusProtocol.ReadUInt16(_bytes, 0) == _transaction;
            _from = 6 + length;
            DropScanned();
        }

        return false;
    }

    private bool IsExpectedTcp(int length)
    {
        int function = _bytes[PduOffset];
        bool isRefusal = function == (_function | ModbusProtocol.ErrorBit) && length == 2;
        bool isAnswer = function == _function && length == _length
            && ModbusProtocol.ReplyLength(_bytes, PduOffset, length) == length;
        return ModbusProtocol.ReadUInt16(_bytes, 0) == _transaction && _bytes[6] == _unit && (isRefusal || isAnswer);
    }

    private void DropScanned()
    {
        // A frame that may still become whole stays; the buffer is longer than any.
        int drop = _from > 0 ? _from : 1;
        _count -= drop;
        _from = 0;
        Array.Copy(_bytes, drop, _bytes, 0, _count);
    }
}
