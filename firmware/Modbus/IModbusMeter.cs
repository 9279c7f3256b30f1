namespace MeterFirmware.Modbus;

/// <summary>What the maps ask of the meter they speak for. Nothing here may allocate or block.</summary>
public interface IModbusMeter
{
    /// <summary>1 or 3.</summary>
    int PhaseCount { get; }

    /// <summary>Rates that the meter keeps apart.</summary>
    int RateCount { get; }

    /// <summary>A value in the unit of <see cref="Quantity"/>. False: the meter has none.</summary>
    /// <param name="phase">0 the total, 1 to 3 the phases.</param>
    bool TryRead(int quantity, int phase, out long value);

    /// <summary>A rate's energy in Wh; quantity is Import or Export, rate counts from 0.</summary>
    bool TryReadRate(int quantity, int rate, out long wattHours);
}
