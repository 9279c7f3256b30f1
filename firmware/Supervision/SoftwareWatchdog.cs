using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.Supervision;

/// <summary>
/// Notices that a part of the product no longer gets anywhere although the loop still turns (the link never comes up,
/// the sensor never answers), stores which part it was, and asks for a restart. The loop itself is watched by hardware;
/// where a board has a second thread, that asks <see cref="IsStalled"/>. Restarts that follow each other wait ever
/// longer.
/// </summary>
public sealed class SoftwareWatchdog
{
    /// <summary>Bytes of the stored cause.</summary>
    public const int StateBytes = 12;

    private const byte StateVersion = 1;
    private const int DoublingMax = 6;

    private readonly ICheckpointStore _store;
    private readonly byte[] _state = new byte[StateBytes + CheckpointStore.OverheadBytes];
    private readonly string[] _names;
    private readonly int[] _limitsMs;
    private readonly long[] _fedMs;
    private long _startMs;
    private long _tickMs;
    private bool _isStarted;
    private bool _isStable;

    /// <param name="store">Blocks of its own; states of <see cref="StateBytes"/>.</param>
    /// <param name="names">The watched parts; a new firmware adds at the end.</param>
    /// <param name="limitsMs">How long each may go without <see cref="Feed"/>; 0: for ever, it only names the cause of
    /// a restart that somebody else makes (<see cref="NoteRestart"/>).</param>
    public SoftwareWatchdog(ICheckpointStore store, string[] names, int[] limitsMs)
    {
        Invariant.Require(names.Length == limitsMs.Length && names.Length < 255, "a limit for each watched part");
        _store = store;
        _names = names;
        _limitsMs = limitsMs;
        _fedMs = new long[names.Length];
    }

    /// <summary>The part whose silence led to the last restart; null: it was not this watchdog's.</summary>
    public string LastCause { get; private set; }

    /// <summary>The number of that part; meaningless without it.</summary>
    public int LastPart { get; private set; }

    /// <summary>Restarts by this watchdog in a row, without an hour of good running of every part between
    /// them.</summary>
    public int RestartsInRow { get; private set; }

    /// <summary>Restarts by this watchdog since the device was made.</summary>
    public int RestartsTotal { get; private set; }

    /// <summary>The part that is silent now; null: none.</summary>
    public string Cause { get; private set; }

    /// <summary>Reads why the last restart happened. Once, at start-up.</summary>
    public void Open()
    {
        if (!_store.TryReadNewest(_state, out int count, out bool _) || count != StateBytes
            || _state[0] != StateVersion)
        {
            return;
        }

        int part = _state[1];
        LastPart = part;
        LastCause = _state[2] == 0 ? null : part < _names.Length ? _names[part] : "unknown";
        RestartsInRow = LittleEndian.ReadInt32(_state, 4);
        RestartsTotal = LittleEndian.ReadInt32(_state, 8);
        if (_state[2] != 0)
        {
            // The next start is somebody else's doing unless this is stored again.
            Store(part, false);
        }
    }

    /// <summary>The part got somewhere.</summary>
    public void Feed(int part, long nowMs) => _fedMs[part] = nowMs;

    /// <summary>Looks at all parts. True: store what must be stored and restart; the cause is durable
    /// already.</summary>
    public bool Tick(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _startMs = nowMs;
            for (int i = 0; i < _fedMs.Length; i++)
            {
                _fedMs[i] = nowMs;
            }
        }

        _tickMs = nowMs;
        if (!_isStable && nowMs - _startMs >= 3_600_000 && AreAllFed())
        {
            _isStable = true;
            if (RestartsInRow > 0)
            {
                RestartsInRow = 0;
                Store(0, false);
            }
        }

        if (Cause != null)
        {
            return true;
        }

        int doublings = RestartsInRow > DoublingMax ? DoublingMax : RestartsInRow;
        for (int i = 0; i < _fedMs.Length; i++)
        {
            if (_limitsMs[i] > 0 && nowMs - _fedMs[i] > (long)_limitsMs[i] << doublings)
            {
                Cause = _names[i];
                RestartsInRow++;
                RestartsTotal++;
                Store(i, true);
                return true;
            }
        }

        return false;
    }

    /// <summary>True when each watched part got somewhere since the start: an hour in which the silent part was still
    /// silent is no good running, or its restarts would come at the same pace for ever.</summary>
    private bool AreAllFed()
    {
        for (int i = 0; i < _fedMs.Length; i++)
        {
            if (_limitsMs[i] > 0 && _fedMs[i] <= _startMs)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Somebody else restarts the device: makes the part that asked for it durable. Does not count as a
    /// failure.</summary>
    public void NoteRestart(int part)
    {
        Cause = _names[part];
        Store(part, true);
    }

    /// <summary>For a board's second thread: true when the loop has not ticked for so long.</summary>
    public bool IsStalled(long nowMs, int limitMs) => _isStarted && nowMs - _tickMs > limitMs;

    private void Store(int part, bool isRestarting)
    {
        _state[0] = StateVersion;
        _state[1] = (byte)part;
        _state[2] = (byte)(isRestarting ? 1 : 0);
        _state[3] = 0;
        LittleEndian.WriteInt32(_state, 4, RestartsInRow);
        LittleEndian.WriteInt32(_state, 8, RestartsTotal);
        _store.TryWrite(_state, StateBytes);
    }
}
