using System.Text.Json.Serialization;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>One decoded value: text as the identifier's digits have it ("230.7"), null where the meter sent no
/// digits.</summary>
/// <param name="Name">Of the field.</param>
/// <param name="Value">Its text.</param>
/// <param name="Unit">Empty without one.</param>
/// <param name="Problem">What is wrong with the bytes, and what was expected; null: nothing is.</param>
public sealed record Dlt645Value(
    string Name, string? Value, string Unit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem = null);
