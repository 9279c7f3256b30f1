namespace MeterFirmware.Charging;

/// <summary>A composed schedule: periods of one limit each, sized at start.</summary>
public sealed class CompositeSchedule
{
    public CompositeSchedule(int periodsMax)
    {
        StartSeconds = new int[periodsMax];
        LimitMilliamps = new int[periodsMax];
        Phases = new byte[periodsMax];
    }

    public int Count { get; private set; }

    public int[] StartSeconds { get; }

    /// <summary>mA a phase; <see cref="ProfileComposer.Unlimited"/> = no limit.</summary>
    public int[] LimitMilliamps { get; }

    public byte[] Phases { get; }

    public void Clear() => Count = 0;

    /// <summary>Appends a period unless it equals the one before. False: full.</summary>
    public bool TryAdd(int startSeconds, int milliamps, int phases)
    {
        if (Count > 0 && LimitMilliamps[Count - 1] == milliamps && Phases[Count - 1] == phases)
        {
            return true;
        }

        if (Count == StartSeconds.Length)
        {
            return false;
        }

        StartSeconds[Count] = startSeconds;
        LimitMilliamps[Count] = milliamps;
        Phases[Count] = (byte)phases;
        Count++;
        return true;
    }
}
