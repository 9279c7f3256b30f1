using System.CommandLine;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>The options that say to which device a message goes and who signs it.</summary>
internal sealed class SignerOptions
{
    private readonly Option<string> _device = new("--device") { Description = "Device address", Required = true };
    private readonly Option<string> _secret = new("--secret") { Description = "File with the device's secret: 32 bytes, or 64 hex digits", Required = true };
    private readonly Option<string> _role = new("--role") { Description = "utility, technician, owner or reader", DefaultValueFactory = _ => "utility" };
    private readonly Option<int> _generation = new("--key-generation") { Description = "Generation of the role's key", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _valid = new("--valid") { Description = "Seconds for which the message is good", DefaultValueFactory = _ => 300 };

    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_secret);
        command.Options.Add(_role);
        command.Options.Add(_generation);
        command.Options.Add(_valid);
    }

    public string Device(ParseResult parsed) => CheckDevice(parsed.GetValue(_device)!, "--device");

    /// <summary>One of <see cref="CommandRole"/>.</summary>
    public int Role(ParseResult parsed)
    {
        for (int role = 0; role < CommandRole.Count; role++)
        {
            if (CommandRole.NameOf(role) == parsed.GetValue(_role))
            {
                return role;
            }
        }

        throw new InputException($"--role: '{parsed.GetValue(_role)}', utility, technician, owner or reader was expected");
    }

    public SignedRequest Read(ParseResult parsed)
    {
        int generation = parsed.GetValue(_generation);
        int valid = parsed.GetValue(_valid);
        if (generation is < 1 or > 0xFFFF)
        {
            throw new InputException($"--key-generation: {generation} is outside of 1 to 65535");
        }

        if (valid is < 1 or > SignedMessage.ValidSecondsMax)
        {
            throw new InputException($"--valid: {valid} is outside of 1 to {SignedMessage.ValidSecondsMax} s");
        }

        return new SignedRequest(ReadSecret(parsed.GetValue(_secret)!), Device(parsed), Role(parsed), generation, valid);
    }

    public static string CheckDevice(string device, string option) => TelemetryOptions.IsDevice(device) ? device
        : throw new InputException($"{option}: '{device}', 1 to 32 of A-Z a-z 0-9 - _ were expected");

    private static byte[] ReadSecret(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--secret: {path}: {e.Message}");
        }

        if (bytes.Length == DeviceSecurity.SecretBytes)
        {
            return bytes;
        }

        string text = System.Text.Encoding.ASCII.GetString(bytes).Trim();
        bool isHex = text.Length == 2 * DeviceSecurity.SecretBytes && text.All(char.IsAsciiHexDigit);
        return isHex ? Convert.FromHexString(text) : throw new InputException($"--secret: {path}: 32 bytes or 64 hex digits were expected");
    }
}
