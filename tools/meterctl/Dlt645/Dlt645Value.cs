namespace MeterFirmware.Tools.MeterCtl.Dlt645Text;

/// <summary>One decoded value: text as the identifier's digits have it ("230.7"), null where the meter sent no digits.</summary>
public sealed record Dlt645Value(string Name, string? Value, string Unit);
