using MeterFirmware.Hardware;
using MeterFirmware.History;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Metrological parameters (gains, constant, no-load threshold, the calibration record) and the address of the DL/T 645
/// line change only for 30 minutes after the programming input was closed, whichever way the change comes. Each opening
/// is an event that nothing clears, and without that event nothing opens. An input that stays closed, also over a
/// restart, opens no second window. Without an input nothing of that is ever changed.
/// </summary>
public sealed class ProgrammingWindow
{
    public const int OpenMs = 1_800_000;

    /// <summary>How long the input must be closed: a spark on the wire opens nothing.</summary>
    public const int HoldMs = 1_000;

    /// <summary>What a refusal says.</summary>
    public const string Expected = "programming input closed within the last 30 minutes";

    private readonly IProgrammingInput _input;
    private readonly MeterRecorder _recorder;

    // What is closed at the start has not been closed by anybody yet.
    private bool _isSpent = true;
    private bool _wasClosed;
    private long _closedSinceMs;
    private long _openedAtMs;

    /// <param name="input">Null: none.</param>
    /// <param name="recorder">Keeps the event; null: none.</param>
    public ProgrammingWindow(IProgrammingInput input, MeterRecorder recorder)
    {
        _input = input;
        _recorder = recorder;
    }

    public bool IsOpen { get; private set; }

    /// <summary>Once a turn of the loop.</summary>
    public void Tick(long nowMs)
    {
        if (_input == null)
        {
            return;
        }

        bool isClosed = _input.IsClosed;
        _isSpent = _isSpent && isClosed;
        if (!isClosed || !_wasClosed)
        {
            _closedSinceMs = nowMs;
        }

        _wasClosed = isClosed;
        if (IsOpen && nowMs - _openedAtMs >= OpenMs)
        {
            IsOpen = false;
        }

        if (isClosed && !_isSpent && nowMs - _closedSinceMs >= HoldMs)
        {
            _isSpent = true;
            IsOpen = _recorder == null || _recorder.TryNoteMetrology(MeterRecorder.ProgrammingOpened);
            _openedAtMs = nowMs;
        }
    }
}
