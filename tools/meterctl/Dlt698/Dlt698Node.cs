namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>A piece of a message: a leaf has bytes, others have parts. Its rule writes it again.</summary>
public sealed class Dlt698Node(string name, Dlt698Rule rule)
{
    public string Name { get; } = name;

    public Dlt698Rule Rule { get; } = rule;

    /// <summary>Of a leaf; of a choice its tag.</summary>
    public byte[] Bytes { get; set; } = [];

    public List<Dlt698Node> Parts { get; } = [];

    public byte[] Encode()
    {
        List<byte> bytes = [];
        Rule.Write(this, bytes);
        return [.. bytes];
    }

    /// <summary>This node and all below it.</summary>
    public IEnumerable<Dlt698Node> All() => Parts.SelectMany(p => p.All()).Prepend(this);
}
