using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>Writes signed messages: what a head-end, a technician's tool or a site controller sends.</summary>
public sealed class MessageSigner
{
    private readonly HmacSha256 _hmac = new HmacSha256();
    private readonly byte[] _mac = new byte[HmacSha256.TagBytes];
    private readonly byte[] _secret;
    private readonly int _role = -1;
    private readonly int _generation;

    /// <param name="secret">The device's secret, 32 bytes.</param>
    public MessageSigner(byte[] secret)
    {
        Invariant.Require(secret.Length == DeviceSecurity.SecretBytes, "a device secret has 32 bytes");
        _secret = secret;
    }

    /// <summary>For who holds one role's key only: it signs for that role and generation.</summary>
    /// <param name="roleKey">As <see cref="DeviceSecurity.RoleKeyOf"/> makes it.</param>
    /// <param name="role">One of <see cref="CommandRole"/>.</param>
    /// <param name="generation">The key's.</param>
    public MessageSigner(byte[] roleKey, int role, int generation)
    {
        Invariant.Require(roleKey.Length == HmacSha256.TagBytes, "a role's key has 32 bytes");
        _secret = roleKey;
        _role = role;
        _generation = generation;
    }

    /// <summary>Writes everything in front of the body; the body's members follow, then <see cref="End"/>.</summary>
    /// <param name="writer">Cleared here; the message begins at its first byte.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="id">Larger than all before it from this role to this device.</param>
    /// <param name="role">One of <see cref="CommandRole"/>.</param>
    /// <param name="generation">The role's key generation.</param>
    /// <param name="issuedUtcSeconds">Now.</param>
    /// <param name="expiresUtcSeconds">At most <see cref="SignedMessage.ValidSecondsMax"/> later.</param>
    public static void Begin(ByteTextWriter writer, string device, long id, int role, int generation,
        long issuedUtcSeconds, long expiresUtcSeconds)
    {
        writer.Clear();
        writer.BeginObject();
        writer.Name("device");
        writer.Value(device);
        writer.Name("id");
        writer.Value(id);
        writer.Name("role");
        writer.Value(CommandRole.NameOf(role));
        writer.Name("key");
        writer.Value(generation);
        writer.Name("issuedUtcSeconds");
        writer.Value(issuedUtcSeconds);
        writer.Name("expiresUtcSeconds");
        writer.Value(expiresUtcSeconds);
    }

    /// <summary>Signs what was written, and closes the object.</summary>
    public void End(ByteTextWriter writer, string purpose, int role, int generation)
    {
        byte[] label = SignedMessage.LabelOf(purpose);
        if (_role < 0)
        {
            DeviceSecurity.LoadKeyOf(_hmac, _secret, role, generation);
        }
        else
        {
            Invariant.Require(role == _role && generation == _generation, "the key is of another role or generation");
            _hmac.SetKey(_secret, 0, _secret.Length);
        }

        _hmac.Add(label, 0, label.Length);
        _hmac.Add(writer.Bytes, 0, writer.Length);
        _hmac.Finish(_mac, 0);
        writer.Raw(",\"mac\":\"");
        for (int i = 0; i < _mac.Length; i++)
        {
            writer.Byte(DigitOf(_mac[i] >> 4));
            writer.Byte(DigitOf(_mac[i] & 0xF));
        }

        writer.Raw("\"}");
    }

    private static byte DigitOf(int nibble) => (byte)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
}
