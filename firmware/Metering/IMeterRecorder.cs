using MeterFirmware.Hardware;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>
/// What a meter does beyond registers and interval records (freezes, load profile, event memory, carbon): an assembly
/// of its own, so that a small meter leaves it out. Called by the product from inside its tick.
/// </summary>
public interface IMeterRecorder
{
    /// <summary>Bytes of state that go into the meter's checkpoint, behind the registers.</summary>
    int SavedBytes { get; }

    /// <summary>True when something was cleared (a settlement) that a power cut must not bring back.</summary>
    bool WantsCheckpoint { get; }

    /// <summary>Once, after the registers were loaded. Events that the recorder finds go to the sink.</summary>
    void Attach(Meter meter, IEventSink events);

    /// <summary>Every tick, after the meter.</summary>
    /// <param name="nowMs">Monotonic ms.</param>
    /// <param name="reading">The tick's good reading, or null.</param>
    void Tick(long nowMs, Measurement reading);

    /// <summary>Energy is booked exactly up to this multiple of the grid.</summary>
    void OnGrid(long utcSeconds);

    /// <summary>The calendar was moved; both in UTC ms.</summary>
    void OnClockStep(long fromUtcMs, long toUtcMs);

    /// <summary>Parts of another tariff came into force at the instant up to which energy is booked.</summary>
    /// <param name="parts">Bits 1 &lt;&lt; TariffPart.</param>
    /// <param name="flags">RecordFlags.PowerLoss when they did so while there was no supply.</param>
    void OnTableSwitch(int parts, int flags);

    /// <summary>The product logs an event of its own; the object is reused.</summary>
    void OnEvent(EventRecord record);

    /// <summary>An event that was told by <see cref="OnEvent"/> while it went on has ended.</summary>
    void OnEventEnd(EventRecord record);

    /// <summary>What <see cref="WantsCheckpoint"/> asked for is durable.</summary>
    void CheckpointDone();

    /// <summary>Writes SavedBytes bytes.</summary>
    void Save(byte[] bytes, int offset);

    /// <summary>Reads what <see cref="Save"/> wrote, after <see cref="Attach"/> and before the first tick.</summary>
    /// <param name="bytes">Holds it from <paramref name="offset"/> on.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Bytes that were saved.</param>
    /// <param name="rates">Rates that the meter had then.</param>
    void Load(byte[] bytes, int offset, int count, int rates);
}
