using System.Security.Cryptography;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MeterFirmware.Tools.HeadEnds.Web.Signing;

namespace MeterFirmware.Tools.HeadEnds.Web.Demo;

/// <summary>Signs for the town in the head-end's own process, with keys that were made for this run and lie unencrypted
/// in its folder: bench keys, so that commands can be tried at once. A utility's signer is a process of its
/// own.</summary>
internal static class DemoSigner
{
    private const int TokenBytes = 32;

    /// <summary>Starts it, and names it in the settings.</summary>
    public static SigningService Start(DemoTown town, string folder, HeadEndSettings settings)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        settings.SignerSocket = Path.Combine(folder, "signer.socket");
        settings.SignerToken = Path.Combine(folder, "signer.token");
        SecretFile.Write(settings.SignerToken, token + "\n");
        SecretFile.Write(KeysOf(folder), string.Concat(town.RoleKeys.Select(key => key.Line)));
        SigningService service = new(new SigningDesk(town.RoleKeys, token, settings.DangerousDevicesAMinute,
            () => DateTimeOffset.UtcNow)
        { TimeOf = town.TimeOf }, settings.SignerSocket);
        service.Start();
        return service;
    }

    /// <summary>File of the keys.</summary>
    public static string KeysOf(string folder) => Path.Combine(folder, "bench.keys");
}
