using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>Changes between one and three phases: the offer ends, the contactor opens, a pause passes, then the poles
/// are chosen anew. Never under load, never without the pause.</summary>
public sealed class PhaseSwitch
{
    private readonly IContactor _contactor;
    private readonly int _pauseMs;
    private int _wanted;
    private long _openSinceMs = -1;

    public PhaseSwitch(IContactor contactor, int phaseCount, int pauseMs)
    {
        _contactor = contactor;
        _pauseMs = pauseMs;
        PhaseCount = phaseCount;
        _wanted = phaseCount;
    }

    public int PhaseCount { get; private set; }

    /// <summary>False while a change is under way: nothing is offered then.</summary>
    public bool IsSettled => _wanted == PhaseCount;

    /// <summary>False: neither 1 nor 3, or more than is wired.</summary>
    public bool TryRequest(int phaseCount, int wiredCount)
    {
        if ((phaseCount != 1 && phaseCount != 3) || phaseCount > wiredCount)
        {
            return false;
        }

        _wanted = phaseCount;
        return true;
    }

    public void Tick(long nowMs, bool isClosed)
    {
        if (isClosed || IsSettled)
        {
            _openSinceMs = -1;
            return;
        }

        if (_openSinceMs < 0)
        {
            _openSinceMs = nowMs;
        }
        else if (nowMs - _openSinceMs >= _pauseMs && _contactor.TrySetPhaseCount(_wanted))
        {
            PhaseCount = _wanted;
        }
    }
}
