using System.Text.Json;

namespace MeterFirmware.Tools.Generate;

/// <summary>A setting of the settings document.</summary>
/// <param name="Place">Its place among the stored settings: never changes, new ones take the next.</param>
/// <param name="Section">The object of the document that holds it.</param>
/// <param name="Name">Its member.</param>
/// <param name="Kind">integer, boolean or text (printable ASCII).</param>
/// <param name="Default">What holds when the document does not name it.</param>
/// <param name="By">Whose documents may change it: utility alone, or utility and technician.</param>
/// <param name="Holds">"at once", "reconnect": from a connection that confirms it, "restart".</param>
/// <param name="Products">Which products have it.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Min">Lowest number, or fewest bytes of a text.</param>
/// <param name="Max">Highest number, or most bytes of a text.</param>
/// <param name="Unit">Of a number.</param>
/// <param name="Secret">True: never reported.</param>
public sealed record SettingEntry(int Place, string Section, string Name, string Kind, JsonElement Default, string[] By,
    string Holds, string[] Products, string Description, int? Min = null, int? Max = null, string? Unit = null,
    bool Secret = false)
{
    public string Key => $"{Section}.{Name}";

    /// <summary>The constant: LinkHost.</summary>
    public string Constant => EventTables.SettingConstant(Key);
}
