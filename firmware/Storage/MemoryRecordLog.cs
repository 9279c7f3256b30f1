using System;
using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// The record log in RAM: for tests, simulations and boards without storage. Equal slots in one array, made at
/// construction; a full log drops the oldest record.
/// </summary>
public sealed class MemoryRecordLog : IRecordLog
{
    private readonly byte[] _bytes;
    private readonly int[] _counts;
    private readonly byte[] _kinds;
    private readonly int _recordBytesMax;

    /// <param name="recordCountMax">Records kept, 1 or more.</param>
    /// <param name="recordBytesMax">Longest payload in bytes.</param>
    /// <param name="identity">See <see cref="IRecordLog.Identity"/>: a log in RAM is a new one at every start.</param>
    public MemoryRecordLog(int recordCountMax, int recordBytesMax, string identity = null)
    {
        Identity = identity;
        Invariant.Require(recordCountMax > 0 && recordBytesMax > 0, "A record log needs room for a record.");
        _recordBytesMax = recordBytesMax;
        _bytes = new byte[recordCountMax * recordBytesMax];
        _counts = new int[recordCountMax];
        _kinds = new byte[recordCountMax];
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public long IdentityFrom => 1;

    /// <inheritdoc/>
    public long OldestNumber { get; private set; } = 1;

    /// <inheritdoc/>
    public long NextNumber { get; private set; } = 1;

    /// <inheritdoc/>
    public long AcknowledgedNumber { get; private set; }

    /// <inheritdoc/>
    public bool TryAppend(int kind, byte[] payload, int offset, int count, out long number)
    {
        number = 0;
        if (count < 0 || count > _recordBytesMax)
        {
            return false;
        }

        if (NextNumber - OldestNumber == _counts.Length)
        {
            OldestNumber++;
        }

        int slot = SlotOf(NextNumber);
        Array.Copy(payload, offset, _bytes, slot * _recordBytesMax, count);
        _counts[slot] = count;
        _kinds[slot] = (byte)kind;
        number = NextNumber;
        NextNumber++;
        return true;
    }

    /// <inheritdoc/>
    public bool TryFind(long from, out long number)
    {
        number = from < OldestNumber ? OldestNumber : from;
        return number < NextNumber;
    }

    /// <inheritdoc/>
    public bool TryRead(long number, byte[] into, out int count, out int kind)
    {
        count = 0;
        kind = 0;
        if (number < OldestNumber || number >= NextNumber)
        {
            return false;
        }

        int slot = SlotOf(number);
        if (_counts[slot] > into.Length)
        {
            return false;
        }

        count = _counts[slot];
        kind = _kinds[slot];
        Array.Copy(_bytes, slot * _recordBytesMax, into, 0, count);
        return true;
    }

    /// <inheritdoc/>
    public void Acknowledge(long upToNumber)
    {
        if (upToNumber > AcknowledgedNumber && upToNumber < NextNumber)
        {
            AcknowledgedNumber = upToNumber;
        }
    }

    private int SlotOf(long number) => (int)((number - 1) % _counts.Length);
}
