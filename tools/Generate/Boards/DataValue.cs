namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A value of a data file with the line that it stands in, so that an error can name it.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Value">A string, a long, a bool, a list of values or a list of members.</param>
public sealed record DataValue(int Line, object Value)
{
    public IReadOnlyList<DataMember> Members => Value as IReadOnlyList<DataMember> ?? [];

    public IReadOnlyList<DataValue> Items => Value as IReadOnlyList<DataValue> ?? [];

    public DataValue? Find(string name) => Members.FirstOrDefault(member => member.Name == name)?.Value;
}
