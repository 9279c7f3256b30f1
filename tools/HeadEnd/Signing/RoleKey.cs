using System.Globalization;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>A role's key of one device, as `meterctl key derive` makes it.</summary>
/// <param name="Device">Address.</param>
/// <param name="Role">Word of the role.</param>
/// <param name="Generation">Of the key, 1 until it is rotated.</param>
/// <param name="Key">32 bytes.</param>
internal sealed record RoleKey(string Device, string Role, int Generation, byte[] Key)
{
    private const int KeyDigits = 64;

    /// <summary>Reads lines "DEVICE ROLE GENERATION 64-HEX-DIGITS".</summary>
    /// <exception cref="SettingsException">Names the line, and never what stands in it.</exception>
    public static List<RoleKey> Parse(string path, string text)
    {
        List<RoleKey> keys = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            keys.Add(words.Length == 4 && TelemetrySettings.IsDevice(words[0]) && OrderDesk.RoleOf(words[1]) >= 0
                && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int generation)
                && generation is >= 1 and <= DeviceSecurity.GenerationMax
                && words[3].Length == KeyDigits && words[3].All(char.IsAsciiHexDigit)
                ? new RoleKey(words[0], words[1], generation, Convert.FromHexString(words[3]))
                : throw new SettingsException($"{path}: line {i + 1}: 'DEVICE ROLE GENERATION 64-HEX-DIGITS' of "
                    + "'meterctl key derive' was expected"));
        }

        return keys;
    }

    /// <summary>The line that <see cref="Parse"/> reads.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture,
        $"{Device} {Role} {Generation} {Convert.ToHexStringLower(Key)}\n");
}
