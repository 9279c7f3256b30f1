using System.Globalization;

namespace MeterFirmware.Tools.Generate.Boards;

internal static class Texts
{
    public static CultureInfo Culture => CultureInfo.InvariantCulture;

    /// <summary>"pilotHigh" as a member of C#: "PilotHigh".</summary>
    public static string Member(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
