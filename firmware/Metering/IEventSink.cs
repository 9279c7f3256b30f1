using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>Takes events into the record log, for delivery.</summary>
public interface IEventSink
{
    /// <summary>Appends a copy of the record.</summary>
    void Append(EventRecord record);
}
