namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>A fixed number of bytes.</summary>
public sealed class FixedRule(int count, Dlt698Look look = Dlt698Look.Hex) : Dlt698Rule
{
    public Dlt698Look Look { get; } = look;

    public int Count { get; } = count;

    public override Dlt698Node Parse(Dlt698Cursor cursor, string name) =>
        new(name, this) { Bytes = cursor.Take(Count, name) };

    public override void Write(Dlt698Node node, List<byte> bytes) => bytes.AddRange(node.Bytes);
}
