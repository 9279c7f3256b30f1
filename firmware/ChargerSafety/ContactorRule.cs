namespace MeterFirmware.ChargerSafety;

/// <summary>
/// The one rule for the contactor's wear, whoever makes it cycle (vehicle, weak line, limits, surplus, site): the first
/// closings of a visit go at once; later ones lie <see cref="ChargerConfiguration.ClosingPeriodMs"/> apart and
/// <see cref="ChargerConfiguration.LeastOffMs"/> after the last opening. While it waits nothing is offered, so that no
/// vehicle waits for a contactor. It delays closing only: nothing here can keep a contactor closed against safety.
/// <see cref="IsYoung"/> is for those who would stop without need:
/// a plan waits with 6 A.
/// </summary>
public static class ContactorRule
{
    /// <summary>A closing would be in order now, or the contactor is closed.</summary>
    public static bool MayClose(ChargeState state, ChargerConfiguration configuration) =>
        state.IsClosed || state.Closings < configuration.FreeClosings
        || (state.CloseAgeMs >= configuration.ClosingPeriodMs && state.SwitchAgeMs >= configuration.LeastOffMs);

    /// <summary>Opened now, it would not have to stay open longer than
    /// <see cref="ChargerConfiguration.LeastOffMs"/>.</summary>
    public static bool MayInterrupt(ChargeState state, ChargerConfiguration configuration) =>
        !state.IsClosed || state.Closings < configuration.FreeClosings
        || ChargeState.Older(state.CloseAgeMs, configuration.LeastOffMs) >= configuration.ClosingPeriodMs;

    /// <summary>The contactor is closed, and has been for less than its least on-time.</summary>
    public static bool IsYoung(ChargeState state, ChargerConfiguration configuration) =>
        state.IsClosed && state.CloseAgeMs < configuration.LeastOnMs;

    internal static void NoteClosing(ChargeState state, ChargerConfiguration configuration)
    {
        state.Closings = state.Closings < configuration.FreeClosings ? state.Closings + 1 : state.Closings;
        state.CloseAgeMs = 0;
    }
}
