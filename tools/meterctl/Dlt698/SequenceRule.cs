namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Parts one behind the other.</summary>
public sealed class SequenceRule(params (string Name, Dlt698Rule Rule)[] parts) : Dlt698Rule
{
    public override Dlt698Node Parse(Dlt698Cursor cursor, string name)
    {
        Dlt698Node node = new(name, this);
        foreach ((string part, Dlt698Rule rule) in parts)
        {
            node.Parts.Add(rule.Parse(cursor, part));
        }

        return node;
    }

    public override void Write(Dlt698Node node, List<byte> bytes) => WriteParts(node, bytes);
}
