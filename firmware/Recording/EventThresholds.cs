using MeterFirmware.Metering;

namespace MeterFirmware.Recording;

/// <summary>
/// When an event begins and ends: limits, hysteresis and delays in one place. The defaults are for 220 V, 5 (60) A and
/// follow what State Grid's meters are set to (secondary source: check, and set what the utility asks for). An event
/// begins when the value has been at or beyond Begin for DelayMs, and ends when it has been on the good side of End as long.
/// </summary>
public sealed class EventThresholds
{
    // Rows of the tables below.
    internal const int UnderVoltage = 0;
    internal const int OverVoltage = 1;
    internal const int VoltageLoss = 2;
    internal const int CurrentLoss = 3;
    internal const int OverCurrent = 4;
    internal const int OverLoad = 5;
    internal const int ReversePower = 6;
    internal const int Contact = 7;
    internal const int VoltageUnbalance = 8;
    internal const int CurrentUnbalance = 9;
    internal const int LowPowerFactor = 10;

    /// <summary>Begin: under-voltage mV (78 % Un), over-voltage mV (120 % Un), voltage loss mV (78 % Un), current loss mA
    /// (0.5 % Ib), over-current mA (1.2 Imax), over-load mW (1.2 Un Imax), reverse power mW (0.5 % Un Ib), contacts,
    /// unbalance of voltage and of current (permille), power factor (permille).</summary>
    public int[] Begin { get; } = { 171_600, 264_000, 171_600, 25, 72_000, 15_840_000, 5_500, 1, 300, 300, 300 };

    /// <summary>End, in the same order: the hysteresis.</summary>
    public int[] End { get; } = { 176_000, 259_600, 187_000, 250, 66_000, 14_520_000, 2_200, 1, 250, 250, 350 };

    /// <summary>Delays in ms, in the same order.</summary>
    public int[] DelayMs { get; } =
        { 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 1_000, 60_000, 60_000, 60_000 };

    /// <summary>Below this current (mA, 0.5 % Ib) a phase without voltage is not in use: no voltage loss.</summary>
    public int LossMilliampsMin { get; set; } = 25;

    /// <summary>Another phase has to carry this (mA, 5 % Ib) for current loss, unbalance and power factor.</summary>
    public int LoadMilliampsMin { get; set; } = 250;

    /// <summary>A phase without current needs this voltage (mV, 70 % Un) for current loss.</summary>
    public int PresentMillivoltsMin { get; set; } = 154_000;

    /// <summary>Rows that have one limit each for the whole meter; the configuration document sets them in this order.</summary>
    public static int RowAt(int index) => index < Contact ? index : index + 1;

    public const int RowCount = 10;

    /// <summary>Sets a row's begin and delay; its end keeps the distance that it was commissioned with, in proportion.</summary>
    /// <param name="row">From <see cref="RowAt"/>.</param>
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

    /// <summary>Which row judges a slot of <see cref="EventSlots"/>.</summary>
    internal static int RowOf(int slot) => slot < 21 ? slot / 3
        : slot == 22 ? VoltageUnbalance : slot == 23 ? CurrentUnbalance : slot == 24 ? LowPowerFactor : Contact;

    /// <summary>What is too low is judged with the sign turned.</summary>
    internal static bool IsLow(int row) =>
        row == UnderVoltage || row == VoltageLoss || row == CurrentLoss || row == LowPowerFactor;
}
