namespace MeterFirmware.Hardware;

/// <summary>A metering chip, or another meter, that measures power and perhaps counts energy.</summary>
public interface IPowerSensor
{
    /// <summary>Bits of <see cref="SensorFault"/> that stand now.</summary>
    int Faults { get; }

    /// <summary>True when the energy columns come from the chip's own counters.</summary>
    bool CountsEnergy { get; }

    /// <summary>
    /// Reads once. Configures the chip first when it is new or was reset, without blocking: false until it is ready.
    /// False: the measurement means nothing and no energy was taken from the counter; see <see cref="Faults"/>.
    /// </summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="measurement">Filled on true.</param>
    bool TryRead(long nowMs, Measurement measurement);
}
