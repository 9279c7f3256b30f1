using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>The other roles of the program: "keys" puts keys into the encrypted file, "signer" signs with
/// them.</summary>
internal static class SignerProgram
{
    private const int TokenBytes = 32;
    private const int PassphraseCharsMin = 16;
    private const int PerMinuteDefault = 50;

    private static readonly string[] _options = ["keys", "passphrase", "add", "socket", "token", "per-minute"];

    /// <summary>Whether the first argument names one of these roles.</summary>
    public static bool IsOne(string[] args) => args is ["keys" or "signer", ..];

    /// <summary>Runs it until it is done, or until Ctrl-C.</summary>
    /// <exception cref="SettingsException">An option is wrong.</exception>
    public static async Task RunAsync(string[] args, CancellationToken cancel)
    {
        Dictionary<string, string> options = Read(args);
        string vault = Required(options, "keys");
        string passphrase = SecretFile.ReadLine("--passphrase", Required(options, "passphrase"));
        if (passphrase.Length < PassphraseCharsMin)
        {
            throw new SettingsException($"--passphrase: at least {PassphraseCharsMin} characters were expected");
        }

        if (args[0] == "keys")
        {
            Add(vault, passphrase, Required(options, "add").Split(','));
            return;
        }

        List<RoleKey> keys = KeyVault.Read(vault, passphrase);
        await using SigningService service = Start(options, keys);
        Console.Out.WriteLine($"Signs with {keys.Count} keys at {options["socket"]}; Ctrl-C ends it");
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }
    }

    private static SigningService Start(Dictionary<string, string> options, List<RoleKey> keys)
    {
        string socket = Required(options, "socket");
        int perMinute = PerMinuteDefault;
        if (options.TryGetValue("per-minute", out string? text) && (!int.TryParse(text, NumberStyles.None,
            CultureInfo.InvariantCulture, out perMinute) || perMinute is < 1 or > HeadEndSettings.DevicesAMinuteMax))
        {
            throw new SettingsException($"--per-minute: 1 to {HeadEndSettings.DevicesAMinuteMax} was expected");
        }

        SigningService service = new(
            new SigningDesk(keys, Token(Required(options, "token")), perMinute, () => DateTimeOffset.UtcNow), socket);
        try
        {
            service.Start();
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new SettingsException($"--socket: {socket}: {e.Message}");
        }

        return service;
    }

    /// <summary>The token of a file; one that is not there is made.</summary>
    private static string Token(string path)
    {
        if (!File.Exists(path))
        {
            SecretFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)) + "\n");
        }

        return SecretFile.ReadLine("--token", path);
    }

    /// <summary>A key of the same device, role and generation takes the place of the one before.</summary>
    private static void Add(string vault, string passphrase, string[] files)
    {
        List<RoleKey> keys = File.Exists(vault) ? KeyVault.Read(vault, passphrase) : [];
        int added = 0;
        foreach (string file in files)
        {
            string text;
            try
            {
                text = File.ReadAllText(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SettingsException($"--add: {file}: {e.Message}");
            }

            foreach (RoleKey key in RoleKey.Parse(file, text))
            {
                keys.RemoveAll(one => (one.Device, one.Role, one.Generation) == (key.Device, key.Role, key.Generation));
                keys.Add(key);
                added++;
            }
        }

        KeyVault.Write(vault, keys, passphrase);
        Console.Out.WriteLine($"{added} keys added, {keys.Count} in {vault}");
    }

    private static Dictionary<string, string> Read(string[] args)
    {
        Dictionary<string, string> options = [];
        for (int i = 1; i < args.Length; i += 2)
        {
            string name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!_options.Contains(name) || i + 1 >= args.Length)
            {
                throw new SettingsException(
                    $"{args[i]}: --{string.Join(" X, --", _options)} X was expected");
            }

            options[name] = args[i + 1];
        }

        return options;
    }

    private static string Required(Dictionary<string, string> options, string name) =>
        options.TryGetValue(name, out string? value) && value.Length > 0 ? value
        : throw new SettingsException($"--{name}: a value was expected");
}
