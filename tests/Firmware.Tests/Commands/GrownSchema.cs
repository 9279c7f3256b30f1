using MeterFirmware.Commands;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>A list of two sections; grown, the first one has a setting more, which is stored last.</summary>
internal sealed class GrownSchema : SettingsSchema
{
    private readonly bool _isGrown;

    public GrownSchema(bool isGrown)
        : base(isGrown ? 3 : 2)
    {
        // The base's constructor asked before this was known: the list is the same but for the number of settings.
        _isGrown = isGrown;
    }

    public override int FieldAt(int place) => _isGrown && place > 0 ? 3 - place : place;

    protected override void Define(int index)
    {
        if (index == 0)
        {
            Integer("first", "one", 0, 100, 1);
        }
        else if (index == Count - 1)
        {
            Integer("second", "two", 0, 100, 2);
        }
        else
        {
            Integer("first", "late", 0, 100, 3);
        }
    }
}
