namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>A length and as many bytes; of a bit string the length counts bits.</summary>
public sealed class OctetsRule(Dlt698Look look = Dlt698Look.Hex) : Dlt698Rule
{
    public Dlt698Look Look { get; } = look;

    public override Dlt698Node Parse(Dlt698Cursor cursor, string name)
    {
        int length = cursor.Length(name);
        bool isBits = Look == Dlt698Look.Bits;
        Dlt698Node node = new(name, this) { Bytes = cursor.Take(isBits ? (length + 7) / 8 : length, name) };
        if (isBits)
        {
            // The count of bits is a part of its own: 12 bits lie in two bytes.
            node.Parts.Add(new Dlt698Node("bits", new CountRule()) { Bytes = BitConverter.GetBytes(length) });
        }

        return node;
    }

    public override void Write(Dlt698Node node, List<byte> bytes)
    {
        WriteLength(Look == Dlt698Look.Bits ? BitConverter.ToInt32(node.Parts[0].Bytes) : node.Bytes.Length, bytes);
        bytes.AddRange(node.Bytes);
    }
}
