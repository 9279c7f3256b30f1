using System;

namespace MeterFirmware.Dlt698;

/// <summary>Joins the blocks of a request that came in fragments.</summary>
internal sealed class Dlt698Assembly
{
    private const int NoBlock = -1;

    private readonly int _waitMs;
    private int _lastBlock = NoBlock;
    private int _client;
    private long _endMs;

    public Dlt698Assembly(int capacityBytes, int waitMs)
    {
        Bytes = new byte[capacityBytes];
        _waitMs = waitMs;
    }

    public byte[] Bytes { get; }

    public int Length { get; private set; }

    /// <summary>The last block came: the request is whole.</summary>
    public bool IsWhole { get; private set; }

    public void Clear()
    {
        Length = 0;
        _lastBlock = NoBlock;
        IsWhole = false;
    }

    /// <summary>Takes a block. False: it follows nothing that is here, or is too much: no acknowledge, the client
    /// begins again.</summary>
    public bool TryTake(Dlt698Frame frame, long nowMs)
    {
        int kind = frame.FragmentKind;
        int block = frame.FragmentBlock;
        if (kind < 0)
        {
            return false;
        }

        bool isOwn = _lastBlock != NoBlock && frame.ClientAddress == _client && nowMs < _endMs && !IsWhole;
        if (isOwn && kind != Dlt698Protocol.LastBlock && block == _lastBlock)
        {
            // Our acknowledge was lost.
            return true;
        }

        if (kind == Dlt698Protocol.FirstBlock)
        {
            Clear();
            _client = frame.ClientAddress;
        }
        else if (!isOwn || block != ((_lastBlock + 1) & Dlt698Protocol.FragmentBlockMax))
        {
            return false;
        }

        int count = frame.Length - Dlt698Protocol.FragmentHeadLength;
        if (Length + count > Bytes.Length)
        {
            Clear();
            return false;
        }

        Array.Copy(frame.Data, Dlt698Protocol.FragmentHeadLength, Bytes, Length, count);
        Length += count;
        _lastBlock = block;
        _endMs = nowMs + _waitMs;
        IsWhole = kind == Dlt698Protocol.LastBlock;
        return true;
    }
}
