namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>Where a chip keeps what a reading needs: each quantity's register of phase A, and how far the next phase's
/// lies behind it.</summary>
public sealed class PolyphaseMap
{
    public const int Voltage = 0;
    public const int Current = 1;
    public const int Power = 2;
    public const int Reactive = 3;

    // Signed counters of 32 bits that wrap.
    public const int Energy = 4;
    public const int ReactiveEnergy = 5;
    public const int QuantityCount = 6;

    private readonly int[] _first = new int[QuantityCount];
    private readonly int[] _step = new int[QuantityCount];

    /// <summary>Line period of phase A.</summary>
    public int Period { get; set; }

    /// <summary>A register whose value tells a chip that was restarted: read behind the counters of every reading.
    /// </summary>
    public int Mark { get; set; }

    /// <summary>What the driver set it to.</summary>
    public int MarkValue { get; set; }

    /// <summary>What it holds after a restart.</summary>
    public int MarkAfterReset { get; set; }

    public void Set(int quantity, int first, int step)
    {
        _first[quantity] = first;
        _step[quantity] = step;
    }

    public int AddressOf(int quantity, int phase) => _first[quantity] + phase * _step[quantity];
}
