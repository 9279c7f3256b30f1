using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>Changes between one and three phases: the offer ends, the contactor opens, a pause passes, then the poles
/// are chosen anew. Never under load, never without the pause. A board that cannot stays as it is.</summary>
public sealed class PhaseSwitch
{
    private const int All = 3;

    private readonly IContactor _contactor;
    private readonly int _pauseMs;
    private int _asked;
    private int _allowed = All;

    // The board could not: it is asked again only when a person asks.
    private bool _isRefused;
    private long _openSinceMs = -1;

    public PhaseSwitch(IContactor contactor, int phaseCount, int pauseMs)
    {
        _contactor = contactor;
        _pauseMs = pauseMs;
        PhaseCount = phaseCount;
        _asked = phaseCount;
    }

    public int PhaseCount { get; private set; }

    /// <summary>False while a change is under way: nothing is offered then.</summary>
    public bool IsSettled => _isRefused || Wanted == PhaseCount;

    // There is no contactor for two phases: two are one.
    private int Wanted => _asked < All || _allowed >= All ? _asked : 1;

    /// <summary>False: neither 1 nor 3, or more than is wired.</summary>
    public bool TryRequest(int phaseCount, int wiredCount)
    {
        if ((phaseCount != 1 && phaseCount != All) || phaseCount > wiredCount)
        {
            return false;
        }

        _asked = phaseCount;
        _isRefused = false;
        return true;
    }

    /// <summary>What a profile or the surplus allows, 1 to 3; it holds beside what was asked for.</summary>
    public void Allow(int phaseCount) => _allowed = phaseCount;

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
        else if (nowMs - _openSinceMs >= _pauseMs)
        {
            _isRefused = !_contactor.TrySetPhaseCount(Wanted);
            PhaseCount = _isRefused ? PhaseCount : Wanted;
        }
    }
}
