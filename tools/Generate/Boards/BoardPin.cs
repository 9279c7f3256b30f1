namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A pin of a board.</summary>
/// <param name="Name">What hangs there, such as "relay".</param>
/// <param name="Pin">As the chip's own papers call it: "26" or "PF6".</param>
/// <param name="Use">"input", "output", or a function such as "I2C1_DATA".</param>
/// <param name="Note">Why a pin that is sampled at reset may be used; empty: it is none.</param>
public sealed record BoardPin(string Name, string Pin, string Use, string Note, int Line)
{
    public bool IsFunction => Use is not ("input" or "output");

    /// <summary>"I2C1" of "I2C1_DATA".</summary>
    public string Bus => Use.Split('_')[0];

    /// <summary>"DATA" of "I2C1_DATA".</summary>
    public string Role => Use.Split('_')[^1];
}
