using System.Text.Json;

namespace MeterFirmware.Tools.Generate;

/// <summary>A setting of the settings document.</summary>
/// <param name="Section">The object of the document that holds it.</param>
/// <param name="Name">Its member.</param>
/// <param name="Kind">integer, boolean or text (printable ASCII).</param>
/// <param name="Default">What holds when the document does not name it.</param>
/// <param name="By">Whose documents may change it: utility alone, or utility and technician.</param>
/// <param name="Holds">"at once", "reconnect": from a connection that confirms it, "restart".</param>
/// <param name="Description">A sentence.</param>
/// <param name="MeterPlace">Its place among a meter's stored settings; none: a meter has it not. Never changes, new
/// ones take the next.</param>
/// <param name="DevicePlace">Its place among the stored settings of charger and site controller.</param>
/// <param name="Min">Lowest number, or fewest bytes of a text.</param>
/// <param name="Max">Highest number, or most bytes of a text.</param>
/// <param name="Unit">Of a number.</param>
/// <param name="Secret">True: never reported.</param>
public sealed record SettingEntry(string Section, string Name, string Kind, JsonElement Default, string[] By,
    string Holds, string Description, int? MeterPlace = null, int? DevicePlace = null, int? Min = null,
        int? Max = null, string? Unit = null,
    bool Secret = false)
{
    /// <summary>Products that have it.</summary>
    public string Products => MeterPlace == null ? "charger, site" : DevicePlace == null ? "meter" : "all";

    public string Key => $"{Section}.{Name}";

    /// <summary>The constant: LinkHost.</summary>
    public string Constant => EventTables.SettingConstant(Key);
}
