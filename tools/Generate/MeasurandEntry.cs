namespace MeterFirmware.Tools.Generate;

/// <summary>What is measured. Codes are those of the first column: the total, or phase L1 where there is no
/// total.</summary>
/// <param name="Number">0, 1, 2 … in order: never changes.</param>
/// <param name="Name">The constant.</param>
/// <param name="Member">Name in payloads and in the thing model.</param>
/// <param name="Unit">Unit in payloads; "1" for a pure number.</param>
/// <param name="Digits">Decimal places in payloads.</param>
/// <param name="Columns">total, each (phase), or both.</param>
/// <param name="Instant">True: a member of the instant readings; of what phases have each an array.</param>
/// <param name="Dlt645">DL/T 645-2007 identifier, eight digits; each further column is 0x100 more.</param>
/// <param name="Obis">OBIS code A-B:C.D.E; each further column is 20 more in C (IEC 62056-6-1).</param>
/// <param name="Dlt698">DL/T 698.45 OAD, eight digits; each further column is 1 more.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Reading">The column of Measurement that the instant readings take it from; none: they take it
/// elsewhere.</param>
public sealed record MeasurandEntry(int Number, string Name, string Member, string Unit, int Digits, string Columns,
    bool Instant, string Dlt645, string Obis, string Dlt698, string Description,
    string? Reading = null)
{
    /// <summary>Value group C of the first column.</summary>
    public int ObisGroupC => int.Parse(Obis.Split(':', '.')[1]);

    /// <summary>What stands behind value group C.</summary>
    public string ObisRest => Obis[(Obis.IndexOf('.') + 1)..];

    /// <summary>Phases of the columns, −1 the total, with each column's codes.</summary>
    public IEnumerable<(int Phase, string Dlt645, string Obis, string Dlt698)> Each()
    {
        int first = Columns == "each" ? 0 : -1;
        int last = Columns == "total" ? -1 : 2;
        for (int phase = first; phase <= last; phase++)
        {
            int more = phase - first;
            yield return (phase, (Convert.ToUInt32(Dlt645, 16) + (uint)(more << 8)).ToString("X8"),
                $"{Obis[..Obis.IndexOf(':')]}:{ObisGroupC + 20 * more}.{ObisRest}",
                (Convert.ToUInt32(Dlt698, 16) + (uint)more).ToString("X8"));
        }
    }
}
