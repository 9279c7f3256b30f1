using System.Globalization;
using System.Text;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>A key that `meterctl key derive` made: one line "DEVICE USE GENERATION 64-HEX-DIGITS". It does what its use
/// says for that device, and nothing else can be made from it.</summary>
/// <param name="Device">The device's address.</param>
/// <param name="Use">A role's word, <see cref="ImageUse"/> or <see cref="AcknowledgementUse"/>.</param>
/// <param name="Generation">The role's key generation; 0 for the other two.</param>
/// <param name="Key">32 bytes.</param>
internal sealed record KeyFile(string Device, string Use, int Generation, byte[] Key)
{
    public const string ImageUse = "image";
    public const string AcknowledgementUse = "acknowledgement";

    // Longer is no key.
    private const int BytesMax = 4_096;

    /// <summary>Words of <see cref="Use"/>.</summary>
    public static IEnumerable<string> Uses =>
        Enumerable.Range(0, CommandRole.Count).Select(CommandRole.NameOf).Concat([ImageUse, AcknowledgementUse]);

    /// <summary>One of <see cref="CommandRole"/>; −1: the key is no role's.</summary>
    public int Role => RoleOf(Use);

    /// <summary>One of <see cref="CommandRole"/>; −1: no role has that name.</summary>
    public static int RoleOf(string? word)
    {
        for (int role = 0; role < CommandRole.Count; role++)
        {
            if (CommandRole.NameOf(role) == word)
            {
                return role;
            }
        }

        return -1;
    }

    public static KeyFile Derive(byte[] secret, string device, string use, int generation)
    {
        byte[] key = use switch
        {
            ImageUse => DeviceSecurity.RoleKeyOf(secret, CommandRole.Utility, 0),
            AcknowledgementUse => DeviceSecurity.AcknowledgementKeyOf(secret),
            _ => DeviceSecurity.RoleKeyOf(secret, RoleOf(use), generation),
        };
        return new KeyFile(device, use, RoleOf(use) < 0 ? 0 : generation, key);
    }

    /// <summary>An acknowledgement key is a line of a head-end's file (--ack-keys): files of several devices are
    /// joined.</summary>
    public void Write(string option, string path)
    {
        string use = Use == AcknowledgementUse ? "" : $"{Use} {Generation} ";
        OutputFile.Write(option, path, Encoding.ASCII.GetBytes($"{Device} {use}{Convert.ToHexStringLower(Key)}\n"),
            isPrivate: true);
    }

    public static KeyFile Read(string option, string path)
    {
        string text = Encoding.UTF8.GetString(PrivateFile.Read(option, path, BytesMax));
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 4 && TelemetrySettings.IsDevice(words[0]) && Uses.Contains(words[1])
            && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int generation)
            && IsGeneration(words[1], generation) && IsKey(words[3])
            ? new KeyFile(words[0], words[1], generation, Convert.FromHexString(words[3]))
            : throw new InputException($"{option}: {path}: one line 'DEVICE USE GENERATION 64-HEX-DIGITS' "
                + "of 'meterctl key derive' was expected");
    }

    /// <summary>A device's secret: 32 bytes, or 64 hex digits.</summary>
    public static byte[] ReadSecret(string option, string path)
    {
        byte[] bytes = PrivateFile.Read(option, path, BytesMax);
        if (bytes.Length == DeviceSecurity.SecretBytes)
        {
            return bytes;
        }

        string text = Encoding.ASCII.GetString(bytes).Trim();
        return IsKey(text) ? Convert.FromHexString(text)
            : throw new InputException($"{option}: {path}: 32 bytes or 64 hex digits were expected");
    }

    private static bool IsGeneration(string use, int generation) =>
        RoleOf(use) < 0 ? generation == 0 : generation is >= 1 and <= DeviceSecurity.GenerationMax;

    private static bool IsKey(string text) =>
        text.Length == 2 * DeviceSecurity.SecretBytes && text.All(char.IsAsciiHexDigit);
}
