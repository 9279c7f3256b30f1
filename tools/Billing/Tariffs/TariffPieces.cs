namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A compiled table as the arguments of the command "tariff", in the order in which a device takes
/// them.</summary>
public static class TariffPieces
{
    /// <summary>Bytes of a table in one message: base64 and signature fit into the 2 048 bytes that a device
    /// takes.</summary>
    public const int PieceBytes = 1_024;

    /// <summary>JSON objects, each with its place in the table.</summary>
    public static IReadOnlyList<string> Of(byte[] table)
    {
        List<string> pieces = [];
        for (int at = 0; at < table.Length; at += PieceBytes)
        {
            string data = Convert.ToBase64String(table, at, Math.Min(PieceBytes, table.Length - at));
            pieces.Add($$"""{"bytes":{{table.Length}},"at":{{at}},"data":"{{data}}"}""");
        }

        return pieces;
    }
}
