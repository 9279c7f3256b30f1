namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>A count and as many parts of one kind.</summary>
public sealed class ListRule(string part, Func<Dlt698Rule> rule) : Dlt698Rule
{
    public override Dlt698Node Parse(Dlt698Cursor cursor, string name)
    {
        Dlt698Node node = new(name, this);
        int count = cursor.Length(name);
        cursor.Enter();
        for (int i = 0; i < count; i++)
        {
            node.Parts.Add(rule().Parse(cursor, part));
        }

        cursor.Leave();
        return node;
    }

    public override void Write(Dlt698Node node, List<byte> bytes)
    {
        WriteLength(node.Parts.Count, bytes);
        WriteParts(node, bytes);
    }
}
