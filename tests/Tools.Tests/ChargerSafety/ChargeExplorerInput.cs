using MeterFirmware.Boards.Bench;
using MeterFirmware.ChargerSafety;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>One combination of inputs for the explorer, and how the world answers in it.</summary>
internal sealed class ChargeExplorerInput
{
    public ChargeInputs Inputs { get; } = new();

    public int ElapsedMs { get; set; } = 10;

    public ChargerFeedback Feedback { get; set; }

    public bool IsDcTripped { get; set; }

    public bool IsMonitorDead { get; set; }
}
