namespace MeterFirmware.History;

/// <summary>
/// When an event begins and ends: limits, hysteresis and delays in one place. The defaults are for 220 V, 5 (60) A and
/// follow what State Grid's meters are set to (secondary source: check, and set what the utility asks for). An event
/// begins when the value has been at or beyond Begin for DelayMs, and ends when it has been on the good side of End as
/// long.
/// </summary>
public sealed partial class EventThresholds
{
    /// <summary>Below this current (mA, 0.5 % Ib) a phase without voltage is not in use: no voltage loss.</summary>
    public int LossMilliampsMin { get; set; } = 25;

    /// <summary>Another phase has to carry this (mA, 5 % Ib) for current loss, unbalance and power factor.</summary>
    public int LoadMilliampsMin { get; set; } = 250;

    /// <summary>A phase without current needs this voltage (mV, 70 % Un) for current loss.</summary>
    public int PresentMillivoltsMin { get; set; } = 154_000;

    /// <summary>Sets a row's begin and delay; its end keeps the distance that it was commissioned with, in
    /// proportion.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> − 1.</param>
    /// <param name="begin">In the row's unit.</param>
    /// <param name="commissionedBegin">What the board was commissioned with.</param>
    /// <param name="commissionedEnd">Its end.</param>
    /// <param name="delayMs">How long it has to last.</param>
    public void Set(int row, int begin, int commissionedBegin, int commissionedEnd, int delayMs)
    {
        Begin[row] = begin;
        End[row] = (int)((long)begin * commissionedEnd / commissionedBegin);
        DelayMs[row] = delayMs;
    }
}
