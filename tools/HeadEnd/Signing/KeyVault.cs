using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>Role keys in one file, encrypted: AES-256-GCM under a key that PBKDF2 (SHA-256) makes of a
/// passphrase.</summary>
internal static class KeyVault
{
    private const string Format = "meterfirmware-keys";
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    /// <summary>OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256.</summary>
    private const int Iterations = 600_000;

    /// <summary>More would let a file that somebody changed hold the program up for hours.</summary>
    private const int IterationsMax = 10_000_000;

    /// <summary>Writes the keys in the place of the file before: all of it, or nothing.</summary>
    public static void Write(string path, IReadOnlyList<RoleKey> keys, string passphrase)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        byte[] plain = Encoding.ASCII.GetBytes(string.Concat(keys.Select(key => key.Line)));
        byte[] sealedKeys = new byte[plain.Length];
        byte[] tag = new byte[TagBytes];
        using AesGcm cipher = Cipher(passphrase, salt, Iterations);
        cipher.Encrypt(nonce, plain, sealedKeys, tag, Encoding.ASCII.GetBytes(Format));
        CryptographicOperations.ZeroMemory(plain);
        string text = JsonSerializer.Serialize(
            new Envelope(Format, Iterations, salt, nonce, tag, sealedKeys), JsonSerializerOptions.Web);
        string next = path + ".new";
        SecretFile.Write(next, text);
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="SettingsException">It is no such file, or the passphrase is another one.</exception>
    public static List<RoleKey> Read(string path, string passphrase)
    {
        Envelope envelope = Open(path);
        byte[] plain = new byte[envelope.Keys.Length];
        try
        {
            using AesGcm cipher = Cipher(passphrase, envelope.Salt, envelope.Iterations);
            cipher.Decrypt(envelope.Nonce, envelope.Keys, envelope.Tag, plain, Encoding.ASCII.GetBytes(Format));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SettingsException($"{path}: the passphrase is another one, or somebody changed the file");
        }

        List<RoleKey> keys = RoleKey.Parse(path, Encoding.ASCII.GetString(plain));
        CryptographicOperations.ZeroMemory(plain);
        return keys;
    }

    private static Envelope Open(string path)
    {
        Envelope? envelope;
        try
        {
            envelope = JsonSerializer.Deserialize<Envelope>(File.ReadAllText(path), JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path}: {e.Message}");
        }

        return envelope is
        {
            Format: Format, Iterations: > 0 and <= IterationsMax, Salt.Length: SaltBytes,
            Nonce.Length: NonceBytes, Tag.Length: TagBytes, Keys: not null
        } ? envelope
            : throw new SettingsException($"{path}: a file of 'HeadEnd keys' was expected");
    }

    private static AesGcm Cipher(string passphrase, byte[] salt, int iterations) => new(
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, KeyBytes), TagBytes);

    private sealed record Envelope(
        string Format, int Iterations, byte[] Salt, byte[] Nonce, byte[] Tag, byte[] Keys);
}
