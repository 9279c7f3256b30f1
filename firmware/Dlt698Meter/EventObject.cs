namespace MeterFirmware.Dlt698Meter;

/// <summary>The events 3011 to 3016 and 301B, and where DL/T 645 keeps them.</summary>
internal static class EventObject
{
    public const int Count = 7;

    // Power down, programming, meter clear, demand clear, event clear, clock set, cover.
    private static readonly int[] _objects = { 0x3011, 0x3012, 0x3013, 0x3014, 0x3015, 0x3016, 0x301B };

    private static readonly int[] _identifiers =
        { 0x03110000, 0x03300000, 0x03300100, 0x03300200, 0x03300300, 0x03300400, 0x03300D00 };

    public static int At(int place) => _objects[place];

    /// <summary>Identifier of the count; its last byte is the row, 1 the newest. 0: there is no such event here.
    /// </summary>
    public static int IdentifierOf(int oi)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_objects[i] == oi)
            {
                return _identifiers[i];
            }
        }

        return 0;
    }

    /// <summary>Field of the event's begin: only the setting of the clock has an operator in front.</summary>
    public static int BeginField(int oi) => oi == 0x3016 ? 1 : 0;

    /// <summary>Field of its end; what is of one moment ends as it begins.</summary>
    public static int EndField(int oi) => oi == 0x3011 || oi == 0x301B ? 1 : oi == 0x3016 ? 2 : 0;
}
