using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Hlw8012;

/// <summary>
/// Voltage and current, which share CF1 by turns.
/// <code>
///   voltage selected --SettleMs--> counted for WindowMs --> current selected --SettleMs--> counted for WindowMs --+
///        ^                                                                                                        |
///        +--------------------------------------------------------------------------------------------------------+
/// </code>
/// </summary>
internal sealed class Hlw8012Selector
{
    private readonly IPulseCounter _pulses;
    private readonly IDigitalOutput _select;
    private readonly Hlw8012Settings _settings;
    private bool _isCurrent;
    private bool _isSelected;
    private bool _isCounting;
    private long _fromMs;
    private long _fromPulses;

    public Hlw8012Selector(IPulseCounter pulses, IDigitalOutput select, Hlw8012Settings settings)
    {
        _pulses = pulses;
        _select = select;
        _settings = settings;
    }

    /// <summary>Of the last window; 0 before the first.</summary>
    public int VoltageMillivolts { get; private set; }

    public int CurrentMilliamps { get; private set; }

    /// <summary>When the window of the current began.</summary>
    public long CurrentFromMs { get; private set; }

    /// <summary>True once both were measured.</summary>
    public bool IsReady { get; private set; }

    /// <summary>False: the counter or the pin failed; the turn begins anew.</summary>
    public bool TryTick(long nowMs)
    {
        if (!_isSelected)
        {
            _isSelected = _select.TrySet(_isCurrent == _settings.IsCurrentSelectedHigh);
            _isCounting = false;
            _fromMs = nowMs;
            return _isSelected;
        }

        if (nowMs - _fromMs < (_isCounting ? _settings.WindowMs : _settings.SettleMs))
        {
            return true;
        }

        if (!_pulses.TryRead(out long pulses))
        {
            _isCounting = false;
            _fromMs = nowMs;
            return false;
        }

        if (_isCounting && pulses >= _fromPulses)
        {
            Take(pulses - _fromPulses, nowMs - _fromMs);
            _isSelected = false;
        }

        _isCounting = _isSelected;
        _fromPulses = pulses;
        _fromMs = nowMs;
        return true;
    }

    private void Take(long pulses, long elapsedMs)
    {
        // One pulse may be the end of an old period: none.
        pulses = pulses <= 1 ? 0 : pulses;
        int scale = _isCurrent ? _settings.MicroampsPerHertz : _settings.MicrovoltsPerHertz;

        // Pulses × 1000 / ms are Hz; µ to m is another 1000.
        long value = (pulses * scale + elapsedMs / 2) / elapsedMs;
        int milli = value > int.MaxValue ? int.MaxValue : (int)value;
        if (_isCurrent)
        {
            CurrentMilliamps = milli;
            CurrentFromMs = _fromMs;
            IsReady = true;
        }
        else
        {
            VoltageMillivolts = milli;
        }

        _isCurrent = !_isCurrent;
    }
}
