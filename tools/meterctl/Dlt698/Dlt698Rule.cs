namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>How a piece of a message lies in bytes: one rule reads and writes it.</summary>
public abstract class Dlt698Rule
{
    public abstract Dlt698Node Parse(Dlt698Cursor cursor, string name);

    public abstract void Write(Dlt698Node node, List<byte> bytes);

    protected static void WriteLength(int length, List<byte> bytes)
    {
        if (length >= 0x100)
        {
            bytes.AddRange([0x82, (byte)(length >> 8)]);
        }
        else if (length >= 0x80)
        {
            bytes.Add(0x81);
        }

        bytes.Add((byte)length);
    }

    protected static void WriteParts(Dlt698Node node, List<byte> bytes) => node.Parts.ForEach(p => p.Rule.Write(p,
        bytes));
}
