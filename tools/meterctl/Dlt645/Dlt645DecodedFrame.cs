namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>One frame as `meterctl dlt645 decode` prints it: design/cli.md, section dlt645.</summary>
public sealed class Dlt645DecodedFrame
{
    /// <summary>Twelve digits, high first; "A" digits are wildcards. Null when the frame has none that is
    /// readable.</summary>
    public string? Address { get; set; }

    /// <summary>Control code, two hex digits.</summary>
    public string? Control { get; set; }

    public string? Direction { get; set; }

    /// <summary>What the control code asks or answers, in words.</summary>
    public string? Function { get; set; }

    /// <summary>Data identifier, eight hex digits, high first.</summary>
    public string? Di { get; set; }

    public string? Name { get; set; }

    public List<Dlt645Value> Values { get; set; } = [];

    /// <summary>True when the meter has more and must be asked with control code 12.</summary>
    public bool More { get; set; }

    /// <summary>Reasons of a refusing reply; null otherwise.</summary>
    public List<string>? Refused { get; set; }

    /// <summary>The failed check and what was expected; null for a good frame.</summary>
    public string? Error { get; set; }
}
