using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Grid;

namespace MeterFirmware.Tools.GridServices;

/// <summary>A profile's document in whole numbers, before it is compiled.</summary>
internal sealed class GridProfileDocument
{
    public string Name { get; set; } = "";

    public string Title { get; set; } = "";

    public List<string> Uncertain { get; } = [];

    public int[] Fields { get; } = new int[GridField.Count];

    public List<StayWindow> Stays { get; } = [];

    /// <summary>As <see cref="GridProfile"/> has them: <see cref="GridProfile.RuleNumbers"/> numbers each.</summary>
    public List<int[]> Rules { get; } = [];

    public List<int[]> Ceases { get; } = [];

    /// <summary>The compact form: firmware/Grid/README.md.</summary>
    public byte[] Compile()
    {
        byte[] name = Encoding.ASCII.GetBytes(Name);
        int numbers = Fields.Length + Rules.Count * GridProfile.RuleNumbers + Ceases.Count * GridProfile.CeaseNumbers;
        byte[] bytes = new byte[GridProfile.HeaderBytes + name.Length + numbers * 4 + 4];
        LittleEndian.WriteInt32(bytes, 0, GridProfile.Magic);
        bytes[4] = GridProfile.Version;
        LittleEndian.WriteUInt16(bytes, 5, bytes.Length);
        bytes[7] = (byte)name.Length;
        bytes[8] = (byte)Rules.Count;
        bytes[9] = (byte)Ceases.Count;
        name.CopyTo(bytes, GridProfile.HeaderBytes);
        int at = LittleEndian.WriteInts(bytes, GridProfile.HeaderBytes + name.Length, Fields);
        foreach (int[] part in Rules.Concat(Ceases))
        {
            at = LittleEndian.WriteInts(bytes, at, part);
        }

        LittleEndian.WriteInt32(bytes, at, (int)Crc32.Of(bytes, 0, at));
        return bytes;
    }
}
