namespace MeterFirmware.ChargerSafety;

/// <summary>
/// The one rule for the contactor's wear, whoever makes it cycle (vehicle, weak line, limits, surplus, site): the first
/// closings of a visit go at once; later ones lie <see cref="SafetySettings.ClosingPeriodMs"/> apart and
/// <see cref="SafetySettings.LeastOffMs"/> after the last opening. While it waits nothing is offered, so that no
/// vehicle waits for a contactor. It delays closing only: nothing here can keep a contactor closed against safety.
/// <see cref="IsYoung"/> is for those who would stop without need:
/// a plan waits with 6 A.
/// </summary>
public static class ContactorRule
{
    /// <summary>A closing would be in order now, or the contactor is closed.</summary>
    public static bool MayClose(ChargeState state, SafetySettings settings) =>
        state.IsClosed || state.Closings < settings.FreeClosings
        || (state.CloseAgeMs >= settings.ClosingPeriodMs && state.SwitchAgeMs >= settings.LeastOffMs);

    /// <summary>Opened now, it would not have to stay open longer than
    /// <see cref="SafetySettings.LeastOffMs"/>.</summary>
    public static bool MayInterrupt(ChargeState state, SafetySettings settings) =>
        !state.IsClosed || state.Closings < settings.FreeClosings
        || ChargeState.Older(state.CloseAgeMs, settings.LeastOffMs) >= settings.ClosingPeriodMs;

    /// <summary>The contactor is closed, and has been for less than its least on-time.</summary>
    public static bool IsYoung(ChargeState state, SafetySettings settings) =>
        state.IsClosed && state.CloseAgeMs < settings.LeastOnMs;

    internal static void NoteClosing(ChargeState state, SafetySettings settings)
    {
        state.Closings = state.Closings < settings.FreeClosings ? state.Closings + 1 : state.Closings;
        state.CloseAgeMs = 0;
    }
}
