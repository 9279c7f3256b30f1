using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;

namespace MeterFirmware.Dlt645Meter;

/// <summary>What a board hands to the readout. What is not called optional is required.</summary>
public sealed class ReadoutParts
{
    public SmartMeterProduct Product;

    /// <summary>The meter's: a broadcast without a password is its least trusted source.</summary>
    public TimeKeeper Time;

    /// <summary>Address, passwords and line of the protocol. What was changed over it comes back from the
    /// store.</summary>
    public Dlt645Settings Settings;

    /// <summary>Optional: without it the address is never changed over the line.</summary>
    public ProgrammingWindow Programming;

    /// <summary>How the product was made.</summary>
    public MeteringSettings Metering;

    /// <summary>UTC second now. The meter takes up a clock that was just set at its next tick: what is done over the
    /// protocol before then already bears the new time.</summary>
    internal long NowUtc => Time.TryReadUtc(out long utcSeconds, out _)
        ? utcSeconds : CivilTime.FloorDivide(Product.Meter.UtcMs, 1000);

    /// <summary>Optional: without it no table, switch time or settlement date is written.</summary>
    public ITariffKeeper TariffKeeper;

    /// <summary>Optional: without it there are no settlements, freezes and events to read.</summary>
    public MeterRecorder Recorder;

    /// <summary>Optional: the load profile that is read.</summary>
    public ILoadProfile Profile;

    /// <summary>Optional: keeps what the protocol wrote across a loss of supply, <see cref="ReadoutState.Bytes"/>
    /// bytes.
    /// </summary>
    public ICheckpointStore Store;

    /// <summary>Optional: the product's load relay, for its state.</summary>
    public IRelay Relay;

    /// <summary>Optional: what stands on the meter.</summary>
    public NamePlate Plate;

    /// <summary>Optional: inside the case.</summary>
    public ITemperatureSensor Temperature;

    /// <summary>Optional.</summary>
    public IHarmonicSource Harmonics;
}
