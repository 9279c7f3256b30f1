namespace MeterFirmware.Dlt645Meter;

/// <summary>
/// What stands on the meter's name plate, for the identifiers that a reader asks first of a new meter (04 00 04 03 to
/// 0D, 04 80 00 01 to 03). An empty text is answered with "no such data". Text goes out as all data of DL/T 645 does,
/// low byte first: the last character comes first, what a short text does not fill is 00.
/// </summary>
public sealed class NamePlate
{
    /// <summary>The owner's number, at most 32 characters as the three texts at the end.</summary>
    public string AssetNumber { get; set; } = "";

    /// <summary>Such as 220V, at most 6 characters as the next two.</summary>
    public string RatedVoltage { get; set; } = "";

    /// <summary>Rated (basic) current, such as 5A.</summary>
    public string RatedCurrent { get; set; } = "";

    public string MaximumCurrent { get; set; } = "";

    /// <summary>Class of active energy, at most 4 characters as the next one.</summary>
    public string ActiveClass { get; set; } = "";

    public string ReactiveClass { get; set; } = "";

    /// <summary>At most 10 characters as the next one.</summary>
    public string Model { get; set; } = "";

    public string ProductionDate { get; set; } = "";

    public string Software { get; set; } = "";

    public string Hardware { get; set; } = "";

    public string Maker { get; set; } = "";

    /// <summary>A character of a text. False: the plate has no such text.</summary>
    /// <param name="row">04: identifiers 04 00 04; 80: identifiers 04 80 00.</param>
    /// <param name="last">Last byte of the identifier.</param>
    /// <param name="field">The character's place on the line, from 0.</param>
    /// <param name="value">The character.</param>
    public bool TryRead(int row, int last, int field, out long value)
    {
        string text = row == 0x80 ? Version(last) : Plate(last);
        value = text != null && field < text.Length ? text[text.Length - 1 - field] : 0;
        return text != null && text.Length > 0;
    }

    /// <summary>The first text that is too long or not of printable ASCII; null: none is.</summary>
    public string FindProblem()
    {
        return Find("assetNumber", AssetNumber, 32)
            ?? Find("ratedVoltage", RatedVoltage, 6)
            ?? Find("ratedCurrent", RatedCurrent, 6)
            ?? Find("maximumCurrent", MaximumCurrent, 6)
            ?? Find("activeClass", ActiveClass, 4)
            ?? Find("reactiveClass", ReactiveClass, 4)
            ?? Find("model", Model, 10)
            ?? Find("productionDate", ProductionDate, 10)
            ?? Find("software", Software, 32)
            ?? Find("hardware", Hardware, 32)
            ?? Find("maker", Maker, 32);
    }

    private string Plate(int last)
    {
        switch (last)
        {
            case 0x03:
                return AssetNumber;
            case 0x04:
                return RatedVoltage;
            case 0x05:
                return RatedCurrent;
            case 0x06:
                return MaximumCurrent;
            case 0x07:
                return ActiveClass;
            case 0x08:
                return ReactiveClass;
            case 0x0B:
                return Model;
            case 0x0C:
                return ProductionDate;
            case 0x0D:
                return "DL/T645-2007";
            default:
                return null;
        }
    }

    private string Version(int last) => last == 1 ? Software : last == 2 ? Hardware : last == 3 ? Maker : null;

    private static string Find(string name, string text, int lengthMax)
    {
        bool isGood = text != null && text.Length <= lengthMax;
        for (int i = 0; isGood && i < text.Length; i++)
        {
            isGood = text[i] >= ' ' && text[i] <= '~';
        }

        return isGood ? null : name + ": at most " + lengthMax.ToString() + " characters of ASCII";
    }
}
