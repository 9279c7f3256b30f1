namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>One frame as `meterctl modbus decode` prints it.</summary>
public sealed class ModbusDecodedFrame
{
    /// <summary>"rtu" or "tcp".</summary>
    public required string Framing { get; init; }

    /// <summary>Transaction of a TCP frame.</summary>
    public int? Transaction { get; set; }

    public int? Unit { get; set; }

    /// <summary>Two hex digits.</summary>
    public string? Function { get; set; }

    public string? Name { get; set; }

    /// <summary>"request", "reply" or "exception"; a frame that may be both is a "request or reply".</summary>
    public string? Kind { get; set; }

    /// <summary>First register, as on the wire.</summary>
    public int? Address { get; set; }

    public int? Count { get; set; }

    /// <summary>Registers that the frame carries, four hex digits each.</summary>
    public List<string> Registers { get; } = [];

    /// <summary>Two registers each as a float, high word first, where they are a usual number.</summary>
    public List<string> Floats { get; } = [];

    /// <summary>What an exception says.</summary>
    public string? Exception { get; set; }

    /// <summary>The failed check and what was expected; null for a good frame.</summary>
    public string? Error { get; set; }
}
