using MeterFirmware.Basics;

namespace MeterFirmware.History;

/// <summary>Every size of the recorder in one place. The kinds of the record ring follow from it.</summary>
public sealed class HistoryLimits
{
    /// <summary>Calibration records that are kept.</summary>
    public int CalibrationCount { get; set; } = 5;

    /// <summary>Events kept of each code and phase: 10 (facts/dlt645-2007.md, "03 xx").</summary>
    public int EventCount { get; set; } = 10;

    /// <summary>Freezes kept of each <see cref="FreezeKind"/>: instant, hourly ≥254, daily ≥62, settlement ≥12, table
    /// switch (2 of each of the four parts), timed (facts/metering-rules.md, "freeze depth").</summary>
    public int[] FreezeCounts { get; set; } = { 3, 254, 62, 12, 8, 12 };

    /// <summary>Depths of the record ring: freezes, calibration, then the slots of the events.</summary>
    public int[] Depths()
    {
        Invariant.Require(FreezeCounts.Length == FreezeKind.Count, "a depth for each kind of freeze");
        int[] depths = new int[RecordSlot.Count];
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            depths[RecordSlot.OfEvent(slot)] = EventCount;
        }

        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            depths[RecordSlot.OfFreeze(kind)] = FreezeCounts[kind];
        }

        depths[RecordSlot.Calibration] = CalibrationCount;

        return depths;
    }
}
