using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// Sessions that are over, on their way to the journal, oldest first. One that ended before the time was known waits
/// here until it can be dated and billed by its own rates; a state saved meanwhile holds its record as it stands.
/// </summary>
public sealed class FinishedSessions
{
    /// <summary>Sessions that wait for the time; the next one sends the oldest off without a date.</summary>
    public const int WaitingMax = 2;

    /// <summary>Bytes that <see cref="Save"/> writes at most.</summary>
    public const int SavedBytesMax = 1 + WaitingMax * (2 + SessionRecord.BodyBytesMax);

    // After a day the bill goes out as it is.
    private const long WaitMsMax = 86_400_000;

    private readonly SessionBill[] _bills = new SessionBill[WaitingMax + 1];
    private readonly SessionBill[] _waiting = new SessionBill[WaitingMax + 1];
    private readonly long[] _endedMs = new long[WaitingMax + 1];

    public FinishedSessions()
    {
        for (int i = 0; i < _bills.Length; i++)
        {
            _bills[i] = new SessionBill();
        }
    }

    /// <summary>Sessions on their way.</summary>
    public int Count { get; private set; }

    /// <summary>Something waits in every bill: nothing new begins until the oldest has gone, which takes some seconds
    /// where the time has just become known.</summary>
    public bool IsFull => Count > WaitingMax;

    /// <summary>A bill that nothing waits in.</summary>
    /// <param name="other">Not this one; null: any.</param>
    public SessionBill Free(SessionBill other)
    {
        int at = 0;
        while (at < WaitingMax && (_bills[at].IsWaiting || _bills[at] == other))
        {
            at++;
        }

        Invariant.Require(!_bills[at].IsWaiting, "a bill is free whenever a session begins");
        return _bills[at];
    }

    /// <summary>For what begins from now on; what waits is billed by the tariff that it ended in. False: more than 8
    /// rates, or tiers; nothing changed.</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        for (int i = 0; i < _bills.Length; i++)
        {
            if (!_bills[i].IsWaiting && !_bills[i].TryUseTariff(tariff))
            {
                return false;
            }
        }

        return true;
    }

    public void Add(SessionBill bill, long nowMs)
    {
        bill.IsWaiting = true;
        _waiting[Count] = bill;
        _endedMs[Count] = nowMs;
        Count++;
    }

    /// <summary>Takes the oldest that is ready for the journal. False: none is.</summary>
    public bool TryTake(long nowMs, bool isTimed, long utcSeconds, int offsetSeconds, out SessionRecord record)
    {
        record = null;
        if (Count == 0)
        {
            return false;
        }

        SessionBill first = _waiting[0];
        if (first.IsStanding && first.IsTimed && first.IsSettled)
        {
            return false;
        }

        // Also while its vehicle stands there: the date is known now, and a loss of supply would lose it.
        bool isDated = !first.IsOfEarlierStart && first.DateLate(nowMs, isTimed, utcSeconds, offsetSeconds);
        bool isReady = !first.IsStanding && (first.IsOfEarlierStart || isDated
            || (!first.IsTimed && (IsFull || nowMs - _endedMs[0] >= WaitMsMax)));
        if (!isReady)
        {
            return false;
        }

        record = first.Record;
        RemoveAt(0);
        return true;
    }

    /// <summary>Lets a session go that the journal holds already.</summary>
    public void Remove(long sessionNumber)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Record.Number == sessionNumber)
            {
                RemoveAt(i);
            }
        }
    }

    /// <summary>Writes what waits; returns the offset behind it.</summary>
    public int Save(byte[] bytes, int offset)
    {
        int count = Count < WaitingMax ? Count : WaitingMax;
        bytes[offset] = (byte)count;
        int at = offset + 1;
        for (int i = 0; i < count; i++)
        {
            _waiting[i].Settle();
            int length = _waiting[i].Record.WriteBody(bytes, at + 2);
            LittleEndian.WriteUInt16(bytes, at, length);
            at += 2 + length;
        }

        return at;
    }

    /// <summary>Reads what <see cref="Save"/> wrote before this start. False: something cannot be read.</summary>
    /// <param name="running">The bill that is in use.</param>
    public bool TryLoad(byte[] bytes, int offset, int end, SessionBill running)
    {
        int count = offset < end ? bytes[offset] : 0;
        int at = offset + 1;
        for (int i = 0; i < count; i++)
        {
            int length = at + 2 <= end ? LittleEndian.ReadUInt16(bytes, at) : 0;
            at += 2;
            if (i >= WaitingMax || length == 0 || at + length > end)
            {
                return false;
            }

            SessionBill bill = Free(running);
            if (!bill.Record.TryReadBody(bytes, at, length))
            {
                return false;
            }

            bill.IsOfEarlierStart = true;
            Add(bill, 0);
            at += length;
        }

        return true;
    }

    private void RemoveAt(int at)
    {
        _waiting[at].IsWaiting = false;
        Count--;
        for (int i = at; i < Count; i++)
        {
            _waiting[i] = _waiting[i + 1];
            _endedMs[i] = _endedMs[i + 1];
        }
    }
}
