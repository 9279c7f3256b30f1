using MeterFirmware.Basics;
using MeterFirmware.Commands;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>Makes signed messages: who signs, under which key generation, how long it is good.</summary>
internal sealed class SignedRequest
{
    private const int BytesMax = 8_192;

    private readonly MessageSigner _signer;
    private readonly byte[]? _imageKey;
    private readonly string _device;
    private readonly int _role;
    private readonly int _generation;
    private readonly int _validSeconds;

    /// <param name="signer">Holds the role's key, or the secret.</param>
    /// <param name="imageKey">Signs whole images, 32 bytes; null: none is held.</param>
    /// <param name="device">The device's address.</param>
    /// <param name="role">One of <see cref="CommandRole"/>.</param>
    /// <param name="generation">The role's key generation, 1 until it is rotated.</param>
    /// <param name="validSeconds">How long the message is good.</param>
    public SignedRequest(MessageSigner signer, byte[]? imageKey, string device, int role, int generation,
        int validSeconds)
    {
        _signer = signer;
        _imageKey = imageKey;
        _device = device;
        _role = role;
        _generation = generation;
        _validSeconds = validSeconds;
    }

    /// <summary>Who signs, one of <see cref="CommandRole"/>.</summary>
    public int Role => _role;

    /// <summary>The number of the last message.</summary>
    public long Id { get; private set; }

    /// <summary>A command.</summary>
    /// <param name="name">A word of the catalogue.</param>
    /// <param name="arguments">A JSON object.</param>
    public byte[] Command(string name, string arguments)
    {
        ByteTextWriter writer = Begin();
        writer.Name("command");
        writer.Value(name);
        writer.Raw(",\"arguments\":" + arguments);
        return End(writer, "command");
    }

    /// <summary>The tag of a whole firmware image in hex: it holds for this device alone.</summary>
    public string ImageMac(byte[] image)
    {
        byte[] key = _imageKey
            ?? throw new InputException(
                "--image: a role's key signs no image; --image-key FILE was expected ('meterctl key derive --role "
                    + "image')");
        HmacSha256 hmac = new();
        hmac.SetKey(key, 0, key.Length);
        hmac.Add(image, 0, image.Length);
        byte[] tag = new byte[HmacSha256.TagBytes];
        hmac.Finish(tag, 0);
        return Convert.ToHexStringLower(tag);
    }

    /// <summary>A wanted configuration.</summary>
    public byte[] Configuration(string document)
    {
        ByteTextWriter writer = Begin();
        writer.Raw(",\"document\":" + document);
        return End(writer, "configuration");
    }

    private ByteTextWriter Begin()
    {
        // A device takes each number once and remembers the highest: the time in ms only grows, from whichever PC it
        // comes.
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Id = Math.Max(Id + 1, now.ToUnixTimeMilliseconds());
        ByteTextWriter writer = new(BytesMax);
        MessageSigner.Begin(writer, _device, Id, _role, _generation, now.ToUnixTimeSeconds(),
            now.ToUnixTimeSeconds() + _validSeconds);
        return writer;
    }

    private byte[] End(ByteTextWriter writer, string purpose)
    {
        _signer.End(writer, purpose, _role, _generation);
        return writer.Overflowed ? throw new InputException($"the message is longer than {BytesMax} bytes")
            : writer.Bytes.AsSpan(0, writer.Length).ToArray();
    }
}
