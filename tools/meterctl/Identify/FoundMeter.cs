namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>What a meter on a line turned out to be, as `meterctl identify` prints it.</summary>
public sealed class FoundMeter
{
    /// <summary>"dlt645-2007", "dlt645-1997", "dlt698" or "modbus".</summary>
    public string Protocol { get; set; } = "";

    /// <summary>Speed of a serial line; null over TCP.</summary>
    public int? Baud { get; set; }

    /// <summary>"even" or "none"; null over TCP.</summary>
    public string? Parity { get; set; }

    /// <summary>Digits of a DL/T meter, or the unit of a Modbus device.</summary>
    public string Address { get; set; } = "";

    /// <summary>"all" of what was asked was answered (a refusal is an answer), "half" of it, or "nothing" has a value
    /// behind its address.</summary>
    public string Answers => Values.Count > 0 && Values.All(v => v.Value == null) ? "nothing"
        : Values.All(v => v.Value != null || v.IsRefused) ? "all" : "half";

    /// <summary>Name plate and registers in the order of asking.</summary>
    public List<FoundValue> Values { get; } = [];

    /// <summary>Of a Modbus device: data files whose map gives plausible values.</summary>
    public List<string> Proposals { get; } = [];

    /// <summary>A command that reads the meter on.</summary>
    public string Command { get; set; } = "";
}
