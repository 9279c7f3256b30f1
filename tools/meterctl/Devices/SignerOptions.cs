using System.CommandLine;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>The options that say to which device a message goes and who signs it: a role's own key, or the device's
/// secret, from which every role's key can be made.</summary>
internal sealed class SignerOptions
{
    private readonly Option<string> _device = new("--device") { Description = "Device address", Required = true };
    private readonly Option<string?> _roleKey = new(
        "--role-key")
    { Description = "File of 'meterctl key derive': signs for its role only" };
    private readonly Option<string?> _secret = new(
        "--secret")
    { Description = "Instead of --role-key: file with the device's secret, 32 bytes or 64 hex digits" };
    private readonly Option<string?> _role = new(
        "--role")
    { Description = "utility (default), technician, owner or reader; with --role-key the key's" };
    private readonly Option<int?> _generation = new(
        "--key-generation")
    { Description = "Generation of the role's key, 1 without it; with --role-key the key's" };
    private readonly Option<int> _valid = new("--valid")
    {
        Description = "Seconds for which the message is good",
        DefaultValueFactory = _ => 300
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_roleKey);
        command.Options.Add(_secret);
        command.Options.Add(_role);
        command.Options.Add(_generation);
        command.Options.Add(_valid);
    }

    public string Device(ParseResult parsed) => CheckDevice(parsed.GetValue(_device)!, "--device");

    /// <param name="imageKey">What `--image-key` names; null: none.</param>
    public SignedRequest Read(ParseResult parsed, string? imageKey = null)
    {
        int valid = parsed.GetValue(_valid);
        if (valid is < 1 or > SignedMessage.ValidSecondsMax)
        {
            throw new InputException($"--valid: {valid} is outside of 1 to {SignedMessage.ValidSecondsMax} s");
        }

        string device = Device(parsed);
        string? word = parsed.GetValue(_role);
        int? generation = parsed.GetValue(_generation);
        if (word != null && KeyFile.RoleOf(word) < 0)
        {
            throw new InputException($"--role: '{word}', utility, technician, owner or reader was expected");
        }

        CheckGeneration(generation ?? 1);
        byte[]? image = imageKey == null ? null : KeyOf("--image-key", imageKey, device, KeyFile.ImageUse).Key;
        string? keyPath = parsed.GetValue(_roleKey);
        string? secretPath = parsed.GetValue(_secret);
        if ((keyPath == null) == (secretPath == null))
        {
            throw new InputException("give exactly one of --role-key FILE and --secret FILE");
        }

        if (keyPath == null)
        {
            byte[] secret = KeyFile.ReadSecret("--secret", secretPath!);
            image ??= DeviceSecurity.RoleKeyOf(secret, CommandRole.Utility, 0);
            return new SignedRequest(new MessageSigner(secret), image, device, Math.Max(KeyFile.RoleOf(word), 0),
                generation ?? 1, valid);
        }

        KeyFile key = KeyOf("--role-key", keyPath, device, word);
        if (generation != null && generation != key.Generation)
        {
            throw new InputException($"--key-generation: {keyPath} is of generation {key.Generation}");
        }

        return new SignedRequest(new MessageSigner(key.Key, key.Role, key.Generation), image, device, key.Role,
            key.Generation, valid);
    }

    public static string CheckDevice(string device, string option) => TelemetrySettings.IsDevice(device) ? device
        : throw new InputException($"{option}: '{device}', 1 to 32 of A-Z a-z 0-9 - _ were expected");

    public static int CheckGeneration(int generation) =>
        generation is >= 1 and <= DeviceSecurity.GenerationMax ? generation
        : throw new InputException($"--key-generation: {generation} is outside of 1 to {DeviceSecurity.GenerationMax}");

    /// <param name="use">What the key has to be for; null: any role.</param>
    private static KeyFile KeyOf(string option, string path, string device, string? use)
    {
        KeyFile key = KeyFile.Read(option, path);
        if (key.Device != device)
        {
            throw new InputException($"{option}: {path} is a key of device {key.Device}, not of {device}");
        }

        return (use == null ? key.Role >= 0 : key.Use == use) ? key
            : throw new InputException(
                $"{option}: {path} is the key of '{key.Use}', {(use == null ? "a role's key" : $"that of '{use}'")} "
                    + "was expected");
    }
}
