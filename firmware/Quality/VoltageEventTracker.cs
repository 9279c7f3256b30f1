namespace MeterFirmware.Quality;

/// <summary>One kind of event in progress: the poly-phase rules differ only in how many phases it takes.</summary>
internal sealed class VoltageEventTracker
{
    private readonly VoltageEventKind _kind;
    private readonly VoltageEvent _event = new VoltageEvent();
    private long _beginMs;

    public VoltageEventTracker(VoltageEventKind kind)
    {
        _kind = kind;
    }

    public bool IsActive { get; private set; }

    /// <summary>The event that just ended, valid after a true from <see cref="Step"/>.</summary>
    public VoltageEvent Finished => _event;

    /// <summary>The event that goes on, once: until now. False: there is none, or it was taken.</summary>
    public bool TryTakeOpen(VoltageEvent destination, long nowMs)
    {
        if (!IsActive || _event.WasReportedOpen)
        {
            return false;
        }

        _event.DurationMs = nowMs - _beginMs;
        destination.CopyFrom(_event);
        destination.Bits |= VoltageEvent.OpenBit;
        _event.Bits |= VoltageEvent.ReportedOpenBit;
        return true;
    }

    /// <summary>
    /// One value per phase. True: an event ended with this value.
    /// Dip and swell begin with the first phase and end when all are back past the hysteresis, those too that stayed
    /// inside the threshold; an interruption begins when all are below and ends when any is back (IEC 61000-4-30, 5.4
    /// and 5.5). The hysteresis counts only while an event lasts.
    /// </summary>
    /// <param name="isFirst">Nothing was seen before this value.</param>
    public bool Step(int[] millivolts, int[] references, int phaseCount, QualitySettings settings,
        long nowMs, long utcMs, bool isFirst)
    {
        int beyondMask = MaskOf(millivolts, references, phaseCount, settings, 0);
        int heldMask = IsActive
            ? MaskOf(millivolts, references, phaseCount, settings, settings.HysteresisPermille) : beyondMask;
        bool isOn = _kind == VoltageEventKind.Interruption ? heldMask == (1 << phaseCount) - 1 : heldMask != 0;
        if (isOn && !IsActive)
        {
            Begin(beyondMask, millivolts, references, phaseCount, nowMs, utcMs);
            _event.Bits = isFirst ? VoltageEvent.BeganBeforeBit : 0;
        }

        if (!IsActive)
        {
            return false;
        }

        if (!isOn)
        {
            IsActive = false;
            _event.DurationMs = nowMs - _beginMs;
            return true;
        }

        _event.PhaseMask |= beyondMask;
        for (int p = 0; p < phaseCount; p++)
        {
            bool isWorse = _kind == VoltageEventKind.Swell
                ? millivolts[p] > _event.ExtremeMillivolts
                : millivolts[p] < _event.ExtremeMillivolts;
            if (isWorse)
            {
                _event.ExtremeMillivolts = millivolts[p];
            }
        }

        return false;
    }

    private int MaskOf(
        int[] millivolts, int[] references, int phaseCount, QualitySettings settings, int hysteresisPermille)
    {
        int mask = 0;
        for (int p = 0; p < phaseCount; p++)
        {
            // IEC 61000-4-30, 5.5.1: an interruption is always judged by the declared voltage.
            int reference = _kind == VoltageEventKind.Interruption ? settings.DeclaredMillivolts : references[p];
            if (IsBeyond(millivolts[p], reference, settings, hysteresisPermille))
            {
                mask |= 1 << p;
            }
        }

        return mask;
    }

    private void Begin(
        int beyondMask, int[] millivolts, int[] references, int phaseCount, long nowMs, long utcMs)
    {
        int phase = 0;
        while (phase < phaseCount - 1 && (beyondMask & (1 << phase)) == 0)
        {
            phase++;
        }

        IsActive = true;
        _beginMs = nowMs;
        _event.Kind = _kind;
        _event.BeginUtcMs = utcMs;
        _event.PhaseMask = 0;
        _event.ReferenceMillivolts = references[phase];
        _event.ExtremeMillivolts = millivolts[phase];
    }

    private bool IsBeyond(int millivolts, int reference, QualitySettings settings, int hysteresisPermille)
    {
        long ratio = millivolts * 1000L;
        switch (_kind)
        {
            case VoltageEventKind.Swell:
                // IEC 61000-4-30, 5.4.4: it ends at or below the threshold less the hysteresis.
                return ratio > (long)reference * (settings.SwellPermille - hysteresisPermille);
            case VoltageEventKind.Dip:
                return ratio < (long)reference * (settings.DipPermille + hysteresisPermille);
            default:
                return ratio < (long)reference * (settings.InterruptionPermille + hysteresisPermille);
        }
    }
}
