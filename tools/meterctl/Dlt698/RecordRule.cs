namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Rows of a record: as many values each as the columns in front of it say.</summary>
public sealed class RecordRule : Dlt698Rule
{
    public override Dlt698Node Parse(Dlt698Cursor cursor, string name)
    {
        Dlt698Node node = new(name, this);
        node.Parts.Add(Dlt698Grammar.Oad.Parse(cursor, "object"));
        Dlt698Node columns = Dlt698Grammar.Rcsd.Parse(cursor, "columns");
        node.Parts.Add(columns);
        Dlt698Node result = new("result", new TagRule()) { Bytes = cursor.Take(1, "result") };
        node.Parts.Add(result);
        if (result.Bytes[0] == 0)
        {
            result.Parts.Add(Dlt698Grammar.Dar.Parse(cursor, "error"));
            return node;
        }

        int rows = cursor.Length("rows");
        Dlt698Node list = new("rows", new CountedRule());
        result.Parts.Add(list);
        for (int r = 0; r < rows; r++)
        {
            Dlt698Node row = new("row", new PartsRule());
            foreach (Dlt698Node column in columns.Parts)
            {
                row.Parts.Add(Dlt698Grammar.Data.Parse(cursor, Dlt698Words.ColumnName(column)));
            }

            list.Parts.Add(row);
        }

        return node;
    }

    public override void Write(Dlt698Node node, List<byte> bytes) => WriteParts(node, bytes);

    private sealed class TagRule : Dlt698Rule
    {
        public override Dlt698Node Parse(Dlt698Cursor cursor, string name) => throw new NotSupportedException();

        public override void Write(Dlt698Node node, List<byte> bytes)
        {
            bytes.AddRange(node.Bytes);
            WriteParts(node, bytes);
        }
    }

    private sealed class CountedRule : Dlt698Rule
    {
        public override Dlt698Node Parse(Dlt698Cursor cursor, string name) => throw new NotSupportedException();

        public override void Write(Dlt698Node node, List<byte> bytes)
        {
            WriteLength(node.Parts.Count, bytes);
            WriteParts(node, bytes);
        }
    }

    private sealed class PartsRule : Dlt698Rule
    {
        public override Dlt698Node Parse(Dlt698Cursor cursor, string name) => throw new NotSupportedException();

        public override void Write(Dlt698Node node, List<byte> bytes) => WriteParts(node, bytes);
    }
}
