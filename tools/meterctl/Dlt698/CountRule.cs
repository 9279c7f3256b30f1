namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>A number that its owner writes.</summary>
public sealed class CountRule : Dlt698Rule
{
    public override Dlt698Node Parse(Dlt698Cursor cursor, string name) => new(name, this);

    public override void Write(Dlt698Node node, List<byte> bytes)
    {
    }
}
