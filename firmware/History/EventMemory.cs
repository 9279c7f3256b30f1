using MeterFirmware.Storage.Records;

namespace MeterFirmware.History;

/// <summary>The last events of each code and phase, across power loss. Nothing of them stays in RAM but where they
/// are.</summary>
public sealed class EventMemory
{
    private readonly RecordRing _ring;

    public EventMemory(RecordRing ring)
    {
        _ring = ring;
    }

    /// <summary>Events of a code and phase since manufacture; clearing does not set it back.</summary>
    public long Count(int code, int phase)
    {
        int slot = EventSlots.Of(code, phase);
        return slot < 0 ? 0 : _ring.NewestOrdinal(RecordSlot.OfEvent(slot));
    }

    /// <summary>Keeps a new event. False: its code is not kept, or the store refused.</summary>
    public bool TryAdd(EventRecord record)
    {
        int slot = EventSlots.Of(record.Code, record.Phase);
        return slot >= 0 && TryPut(slot, _ring.NewestOrdinal(RecordSlot.OfEvent(slot)) + 1, record);
    }

    /// <summary>Replaces the newest event of the record's code and phase: it ended.</summary>
    public bool TryEnd(EventRecord record)
    {
        int slot = EventSlots.Of(record.Code, record.Phase);
        return slot >= 0 && TryPut(slot, _ring.NewestOrdinal(RecordSlot.OfEvent(slot)), record);
    }

    /// <summary>Reads an event. False: there is none.</summary>
    /// <param name="code">An EventCode.</param>
    /// <param name="phase">0 to 2; ignored for what is not per phase.</param>
    /// <param name="last">1 = the newest, up to the depth.</param>
    /// <param name="record">Receives it.</param>
    public bool TryRead(int code, int phase, int last, EventRecord record)
    {
        int slot = EventSlots.Of(code, phase);
        if (slot < 0)
        {
            return false;
        }

        int kind = RecordSlot.OfEvent(slot);
        return _ring.TryRead(kind, _ring.NewestOrdinal(kind) - last + 1)
            && record.TryRead(_ring.Buffer, _ring.PayloadAt, _ring.PayloadBytes);
    }

    /// <summary>Clears all events but those that stay (<see cref="EventSlots.IsCleared"/>); the counts go on.</summary>
    public void Clear(long utcSeconds)
    {
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            if (EventSlots.IsCleared(slot))
            {
                _ring.TryClear(RecordSlot.OfEvent(slot), utcSeconds);
            }
        }
    }

    /// <summary>Clears the events of a code, all phases.</summary>
    public void Clear(int code, long utcSeconds)
    {
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            if (EventSlots.CodeOf(slot) == code && EventSlots.IsCleared(slot))
            {
                _ring.TryClear(RecordSlot.OfEvent(slot), utcSeconds);
            }
        }
    }

    private bool TryPut(int slot, long ordinal, EventRecord record)
    {
        int at = _ring.Begin(RecordSlot.OfEvent(slot), ordinal);
        return _ring.TryCommit(at + record.Write(_ring.Buffer, at), record.EndUtcSeconds);
    }
}
