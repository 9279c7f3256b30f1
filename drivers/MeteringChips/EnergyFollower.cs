using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.MeteringChips;

/// <summary>
/// Follows all energy counters of one chip together, and keeps what a gap or a restart has to say until a reading was
/// handed out with it. A reading that is not taken moves no baseline: the next one covers its time.
/// </summary>
public sealed class EnergyFollower
{
    /// <summary>How far the moment of a reading may lie from the tick that asked for it: a bus can block for 1 s.
    /// </summary>
    public const int ReadingDelayMsMax = 1000;

    /// <summary>Readings that have to agree on a jump of the counter before it is believed.</summary>
    private const int JumpReadingsMax = 3;

    private readonly EnergyCounter _counter;
    private readonly int[] _registers;
    private readonly int[] _baselines;
    private readonly int[] _jumped;
    private readonly long[] _taken;
    private readonly long _powerMilliwattsMax;
    private bool _hasBaseline;
    private long _takenAtMs;
    private int _jumpReadings;
    private long _jumpedAtMs;
    private int _pendingFaults;

    /// <param name="counter">Of all registers that are followed.</param>
    /// <param name="powerMilliwattsMax">What one counter can see, in mW: it bounds jumps and gaps.</param>
    /// <param name="gapMsMax">No gap longer than this is bridged, though the counters could.</param>
    public EnergyFollower(EnergyCounter counter, long powerMilliwattsMax, long gapMsMax = long.MaxValue)
    {
        _counter = counter;
        int count = counter.RegisterCount;
        _registers = new int[count];
        _baselines = new int[count];
        _jumped = new int[count];
        _taken = new long[count];
        _powerMilliwattsMax = powerMilliwattsMax;
        GapMsMax = counter.MicrojoulesMax / powerMilliwattsMax - ReadingDelayMsMax;
        GapMsMax = GapMsMax < gapMsMax ? GapMsMax : gapMsMax;
        Invariant.Require(GapMsMax > 0, "metering chip: at the commissioned power the counter wraps within a second");
    }

    /// <summary>The longest time between two good readings (ms) that the counters bridge at the commissioned maximum
    /// power.</summary>
    public long GapMsMax { get; }

    /// <summary>Bits of <see cref="SensorFault"/> that no reading has been handed out with yet.</summary>
    public int PendingFaults => _pendingFaults;

    /// <summary>True when the last reading that was taken brought energy; false: it only set the baseline.</summary>
    public bool IsFollowed { get; private set; }

    /// <summary>What a register shows in this reading.</summary>
    public void Set(int counter, int register) => _registers[counter] = register;

    /// <summary>Energy of the last reading that was taken, in µJ, signed.</summary>
    public long Taken(int counter) => _taken[counter];

    /// <summary>Takes the registers that were set. False: they cannot have moved so far; nothing was taken.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="provenAtMs">When the chip last proved to be alive; <paramref name="nowMs"/> or before.</param>
    public bool TryTake(long nowMs, long provenAtMs)
    {
        long elapsedMs = nowMs - _takenAtMs;
        bool isFollowed = _hasBaseline && elapsedMs <= GapMsMax;
        if (isFollowed && !IsPossibleFrom(_baselines, elapsedMs))
        {
            if (!HasJumpedForGood(nowMs))
            {
                return false;
            }

            isFollowed = false;
        }

        if (!isFollowed)
        {
            // Never guess: what flowed since the last reading is not known.
            _pendingFaults |= _hasBaseline ? SensorFault.EnergyGap : SensorFault.None;
            _hasBaseline = true;
        }

        for (int i = 0; i < _registers.Length; i++)
        {
            _taken[i] = isFollowed ? _counter.Take(i, _counter.Difference(_baselines[i], _registers[i])) : 0;
            _baselines[i] = _registers[i];
        }

        IsFollowed = isFollowed;
        _takenAtMs = provenAtMs;
        _jumpReadings = 0;
        return true;
    }

    /// <summary>The chip lost its configuration: what it counted since the last reading is lost with it.</summary>
    public void Restart()
    {
        _pendingFaults |= _hasBaseline ? SensorFault.Reset | SensorFault.EnergyGap : SensorFault.Reset;
        _hasBaseline = false;
    }

    /// <summary>Energy flowed that the counters did not see.</summary>
    public void NoteGap() => _pendingFaults |= SensorFault.EnergyGap;

    /// <summary>The pending faults, which the reading that is handed out now takes along.</summary>
    public int TakeFaults()
    {
        int faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
        return faults;
    }

    private bool IsPossibleFrom(int[] baselines, long elapsedMs)
    {
        long microjoulesMax = (elapsedMs + ReadingDelayMsMax) * _powerMilliwattsMax;
        for (int i = 0; i < _registers.Length; i++)
        {
            if (!_counter.IsWithin(_counter.Difference(baselines[i], _registers[i]), microjoulesMax))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A jump that one bad transfer made is gone with the next reading. When several readings agree with each
    /// other and not with the baseline, the counter itself has jumped, and waiting until so much energy could have
    /// flowed would count it.</summary>
    private bool HasJumpedForGood(long nowMs)
    {
        bool agrees = _jumpReadings > 0 && IsPossibleFrom(_jumped, nowMs - _jumpedAtMs);
        _jumpReadings = agrees ? _jumpReadings + 1 : 1;
        for (int i = 0; i < _registers.Length; i++)
        {
            _jumped[i] = _registers[i];
        }

        _jumpedAtMs = nowMs;
        return _jumpReadings >= JumpReadingsMax;
    }
}
