using System;
using System.Collections.Generic;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.Identify;

/// <summary>A line with something at its end that answers as a test says, by speed and by request.</summary>
internal sealed class AnsweringLine(Func<int, int, byte[], byte[]> answer) : ISerialLine
{
    private readonly Queue<byte> _coming = new();
    private int _baud;
    private int _parity;

    public BusFault LastFault => BusFault.None;

    public bool TryConfigure(int baud, int parity)
    {
        _baud = baud;
        _parity = parity;
        return true;
    }

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        for (received = 0; received < count && _coming.Count > 0; received++)
        {
            buffer[offset + received] = _coming.Dequeue();
        }

        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        foreach (byte value in answer(_baud, _parity, buffer[offset..(offset + count)]))
        {
            _coming.Enqueue(value);
        }

        return true;
    }
}
