using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;

namespace MeterFirmware.EvCharger;

/// <summary>
/// When the mains are back, after an outage or a fault of theirs, a charger waits for a random time before it offers
/// anything, so that a street does not jump. The time is drawn anew for each outage. The wait is the grid's set-point:
/// only safety comes before it.
/// </summary>
public sealed class MainsReturn
{
    /// <summary>Smart charge points wait for up to 600 s, which may be set to 1 800 s (check).</summary>
    public const int SecondsMax = 1_800;

    private const int MainsMask = 1 << ChargerFault.OverVoltage | 1 << ChargerFault.UnderVoltage
        | 1 << ChargerFault.Frequency | 1 << ChargerFault.PhaseLoss;

    private readonly SetPoints _setPoints;
    private readonly StartSpreader _spreader;
    private bool _isOut;
    private int _delayMs;
    private long _untilMs;

    /// <param name="device">The device's own name: another one waits for another time. Null: it has none.</param>
    /// <param name="setPoints">The grid's is set here.</param>
    /// <param name="isAfterOutage">The device starts because its supply is back.</param>
    public MainsReturn(string device, SetPoints setPoints, bool isAfterOutage)
    {
        uint number = 0;
        for (int i = 0; device != null && i < device.Length; i++)
        {
            number = number * 31 + device[i];
        }

        _spreader = new StartSpreader(number, SecondsMax);
        _setPoints = setPoints;
        _isOut = isAfterOutage;
        _delayMs = -1;
    }

    /// <summary>How long it still waits, s; 0: it does not.</summary>
    public int SecondsLeft(long nowMs) => _untilMs <= nowMs ? 0 : (int)((_untilMs - nowMs + 999) / 1000);

    /// <summary>Once a round, before the limits are decided.</summary>
    /// <param name="faults">That stand.</param>
    /// <param name="secondsMax">The longest wait; 0 = none.</param>
    /// <param name="outage">Another number for each outage.</param>
    public void Tick(long nowMs, int faults, int secondsMax, long outage)
    {
        bool isFault = (faults & MainsMask) != 0;
        if (!_isOut && !isFault)
        {
            return;
        }

        if (_delayMs < 0)
        {
            _delayMs = _spreader.DelaySeconds((int)outage, secondsMax) * 1000;
        }

        _isOut = isFault;
        if (isFault && _delayMs > 0)
        {
            // From now on, so that nothing is offered between the end of the fault and the next round.
            _setPoints.Set(SetPointSource.Grid, 0, LimitSet.Always);
        }
        else if (!isFault)
        {
            _untilMs = nowMs + _delayMs;
            if (_delayMs > 0)
            {
                _setPoints.Set(SetPointSource.Grid, 0, _untilMs);
            }

            _delayMs = -1;
        }
    }
}
