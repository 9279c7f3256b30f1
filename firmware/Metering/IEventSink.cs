using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>Takes events into the record log, for delivery.</summary>
public interface IEventSink
{
    /// <summary>To compose an event in: nothing in it outlives a call.</summary>
    EventRecord Event { get; }

    /// <summary>Appends a copy of the record.</summary>
    void Append(EventRecord record);
}
