using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.Grid;

namespace MeterFirmware.SiteController;

/// <summary>
/// A site supports the frequency by drawing less: beyond the start its mains' limit falls by droop from what it drew
/// when the frequency went there, at once; back inside it rises slowly, so that nobody is paused and started in turn.
/// Who pauses and who gets less is the leader's fair share of that limit. One connector knows 0 or 6 A and more.
/// </summary>
public sealed class SiteDroop
{
    /// <summary>A limit in steps of this, so that a reading more or less is no other limit.</summary>
    private const int StepMilliamps = 1_000;

    // EN 50549-1, coming back: 10 % of the rating a minute.
    private const int RiseMs = 600_000;

    private const int BetweenGridsMillihertz = 55_000;
    private const int Hertz50 = 50_000;
    private const int Hertz60 = 60_000;

    private readonly SiteLimit _limit;
    private readonly int _startMillihertz;
    private readonly int _droopPpm;
    private readonly int _ratedMilliamps;
    private int _frozenMilliamps;
    private long _riseFromMs;
    private int _riseFromMilliamps;
    private bool _isBeyond;

    /// <param name="limit">The grid's source is set here.</param>
    public SiteDroop(SiteLimit limit, SiteSettings settings)
    {
        _limit = limit;
        _startMillihertz = settings.DroopStartMillihertz;
        _droopPpm = settings.DroopPercent * 10_000;
        _ratedMilliamps = settings.LimitMilliamps[0];
    }

    /// <summary>It limits now.</summary>
    public bool IsOn { get; private set; }

    /// <summary>The limit while it is on, mA a phase.</summary>
    public int Milliamps { get; private set; }

    /// <summary>Takes the meter's reading. One that says nothing changes nothing.</summary>
    /// <param name="millihertz">Of the mains; 0: the meter does not tell it.</param>
    /// <param name="drawnMilliamps">Of the strongest phase, at the mains.</param>
    public void Tick(long nowMs, int millihertz, int drawnMilliamps)
    {
        if (millihertz < Hertz50 / 2 || millihertz > Hertz60 * 3 / 2)
        {
            return;
        }

        int nominal = millihertz > BetweenGridsMillihertz ? Hertz60 : Hertz50;
        int under = nominal - _startMillihertz - millihertz;
        if (under > 0)
        {
            Fall(nominal, under, drawnMilliamps);
            _isBeyond = true;
            _riseFromMs = nowMs;
            _riseFromMilliamps = Milliamps;
        }
        else if (IsOn)
        {
            _isBeyond = false;
            long risen = _riseFromMilliamps + (nowMs - _riseFromMs) * _ratedMilliamps / RiseMs;
            IsOn = risen < _ratedMilliamps;
            Say(IsOn ? (int)risen : _ratedMilliamps);
        }
    }

    private void Fall(int nominal, int under, int drawnMilliamps)
    {
        // Beyond again before all is back: what it draws now is less than it would, so the first figure stays.
        _frozenMilliamps = _isBeyond || IsOn ? _frozenMilliamps : Numbers.Least(drawnMilliamps, _ratedMilliamps);
        long left = _frozenMilliamps - FrequencyWatt.Droop(_ratedMilliamps, under, nominal, _droopPpm);
        int wanted = left > 0 ? (int)left : 0;

        // Less at once; more only by the way back.
        wanted = IsOn && wanted > Milliamps ? Milliamps : wanted;
        IsOn = true;
        Say(wanted);
    }

    private void Say(int milliamps)
    {
        Milliamps = milliamps / StepMilliamps * StepMilliamps;
        if (IsOn)
        {
            _limit.SetGrid(Milliamps, LimitSet.Always);
        }
        else
        {
            _limit.SetGrid(0, 0);
        }
    }
}
