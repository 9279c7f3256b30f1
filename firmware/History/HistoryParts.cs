using MeterFirmware.Calibration;
using MeterFirmware.Carbon;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.History;

/// <summary>What a board hands to the recorder.</summary>
public sealed class HistoryParts
{
    /// <summary>Blocks for freezes, events and calibration. README.md has the capacity table.</summary>
    public IBlockStore Records { get; set; }

    /// <summary>Blocks for the load profile; null: none.</summary>
    public IBlockStore Profile { get; set; }

    /// <summary>Room for a record that others use too, so nothing in it outlives a call; null or too short: room of its
    /// own.
    /// </summary>
    public byte[] Buffer { get; set; }

    /// <summary>Where freezes go to be sent; null: they are only read.</summary>
    public IRecordLog Outbox { get; set; }

    public HistoryLimits Limits { get; set; } = new HistoryLimits();

    public FreezeSettings Freezes { get; set; } = new FreezeSettings();

    public EventThresholds Thresholds { get; set; } = new EventThresholds();

    /// <summary>Null: no carbon account.</summary>
    public EmissionFactors Factors { get; set; }

    public CarbonBudget Budget { get; set; } = new CarbonBudget();

    /// <summary>Opto-coupler of the pulse output; null: none.</summary>
    public IRelay Pulse { get; set; }

    /// <summary>Largest error that a calibration may leave, millionths: the meter's class
    /// (<see cref="AccuracyLimit"/>).
    /// </summary>
    public int CalibrationErrorMillionthsMax { get; set; } = AccuracyLimit.Default;

    /// <summary>A mark over the metrological parameters that come from the board's own settings, which are read before
    /// any record: another one than at the last start is an event. 0: the board has none.</summary>
    public int MetrologyMark { get; set; }

    public int PulsesPerKwh { get; set; } = 3200;

    public int PulseMs { get; set; } = 30;
}
