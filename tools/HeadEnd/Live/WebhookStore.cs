using System.Security.Cryptography;

namespace MeterFirmware.Tools.HeadEnds.Web.Live;

/// <summary>Who is told of alarms, and with which secret.</summary>
public sealed class WebhookStore(IHeadEndStore store)
{
    private const int SecretBytes = 32;
    private const int AddressCharsMax = 300;

    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>All, without their secrets.</summary>
    public IReadOnlyList<Webhook> All() => [.. Secrets().Select(one => one.Hook)];

    /// <summary>Adds one.</summary>
    /// <returns>Its secret, told this once, or what is wrong.</returns>
    public (string? Secret, string? Problem) Add(string name, string address)
    {
        if (name.Length is 0 or > 32 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return (null, "name: 1 to 32 of A-Z a-z 0-9 - _ were expected");
        }

        // Plain only to this machine: an alarm names customers' devices.
        if (address.Length > AddressCharsMax || !Uri.TryCreate(address, UriKind.Absolute, out Uri? to)
            || !(to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && to.IsLoopback)))
        {
            return (null, $"address: https://… of at most {AddressCharsMax} characters was expected");
        }

        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        int added = _store.Change("INSERT INTO webhook VALUES(@name, @address, @secret) ON CONFLICT DO NOTHING",
            ("name", name), ("address", address), ("secret", secret));
        return added == 1 ? (secret, null) : (null, $"name: {name} is in use");
    }

    /// <summary>Removes one. False: there is none of that name.</summary>
    public bool Remove(string name) => _store.Change("DELETE FROM webhook WHERE name=@name", ("name", name)) == 1;

    internal IReadOnlyList<(Webhook Hook, string Secret)> Secrets() => _store.Rows(
        "SELECT name, address, secret FROM webhook ORDER BY name",
        row => (new Webhook(row.GetString(0), row.GetString(1)), row.GetString(2)));
}
