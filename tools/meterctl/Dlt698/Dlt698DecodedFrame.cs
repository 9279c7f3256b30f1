namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>One frame as `meterctl dlt698 decode` prints it.</summary>
public sealed class Dlt698DecodedFrame
{
    /// <summary>Server address, high digit first; "A" digits are wildcards.</summary>
    public string? Address { get; set; }

    /// <summary>"single", "wildcard", "group" or "broadcast".</summary>
    public string? AddressType { get; set; }

    public int LogicalAddress { get; set; }

    /// <summary>Client address; 0: none.</summary>
    public int Client { get; set; }

    /// <summary>Control byte, two hex digits.</summary>
    public string? Control { get; set; }

    /// <summary>"from client" or "from server".</summary>
    public string? Direction { get; set; }

    /// <summary>What the message asks or answers, such as "get request normal".</summary>
    public string? Service { get; set; }

    /// <summary>Of a fragment: first, middle, last or acknowledge, and its block.</summary>
    public string? Fragment { get; set; }

    /// <summary>Fields in the order of the message.</summary>
    public List<Dlt698Field> Fields { get; set; } = [];

    /// <summary>Errors (DAR) that the message tells.</summary>
    public List<string> Refused { get; set; } = [];

    /// <summary>The failed check and what was expected; null for a good frame.</summary>
    public string? Error { get; set; }

    /// <summary>Of a message that travels whole in another one.</summary>
    public List<Dlt698DecodedFrame> Inner { get; set; } = [];
}
