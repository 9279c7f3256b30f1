using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>Accounts of people, tokens of machines, and the log of what was changed and read.</summary>
public sealed class AccountStore(IHeadEndStore store, TimeProvider clock)
{
    private const int TokenBytes = 32;
    private const int PasswordBytes = 12;
    private const int NameCharsMax = 64;

    /// <summary>Shortest password (NIST SP 800-63B asks for 8, we for more).</summary>
    public const int PasswordCharsMin = 12;

    /// <summary>Longest password: hashing takes time.</summary>
    public const int PasswordCharsMax = 128;

    private readonly SqlStore _store = (SqlStore)store;
    private readonly PasswordHasher<string> _hasher = new();

    /// <summary>Makes the account "admin" when there is none at all.</summary>
    /// <returns>Its password, which nothing keeps; null: there are accounts.</returns>
    public string? MakeFirst()
    {
        if (HasAny())
        {
            return null;
        }

        string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
        Add("admin", password, Roles.Admin, "start");
        return password;
    }

    /// <summary>Whether there is an account.</summary>
    public bool HasAny() => _store.Scalar("SELECT COUNT(*) FROM account") > 0;

    /// <summary>Adds an account.</summary>
    public void Add(string name, string password, string role, string by)
    {
        _store.Change("INSERT INTO account VALUES(@name, @hash, @role, @stamp, @now)", ("name", name),
            ("hash", _hasher.HashPassword(name, password)), ("role", role), ("stamp", Guid.NewGuid().ToString("N")),
            ("now", Now));
        Note(by, "account.add", name, role);
    }

    /// <summary>All accounts by name.</summary>
    public IReadOnlyList<Account> All() => _store.Rows("SELECT name, role, created_utc_s FROM account ORDER BY name",
        row => new Account(row.GetString(0), row.GetString(1), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2))));

    /// <summary>Adds an account.</summary>
    /// <returns>What is wrong; null: it is there.</returns>
    public string? TryAdd(string name, string password, string role, string by)
    {
        if (!IsName(name))
        {
            return $"name: 1 to {NameCharsMax} characters without control characters were expected";
        }

        if ((PasswordProblem(password) ?? RoleProblem(role)) is { } problem)
        {
            return problem;
        }

        if (All().Any(account => account.Name == name))
        {
            return $"name: {name} is in use";
        }

        Add(name, password, role, by);
        return null;
    }

    /// <summary>Gives an account another password, another role or both; every session of it ends.</summary>
    /// <returns>What is wrong; null: it is changed.</returns>
    public string? TryChange(string name, string? password, string? role, string by)
    {
        string? problem = (password == null ? null : PasswordProblem(password))
            ?? (role == null ? null : RoleProblem(role)) ?? LastAdminProblem(name, role);
        if (problem != null)
        {
            return problem;
        }

        int changed = _store.Change("""
            UPDATE account SET password_hash=COALESCE(@hash, password_hash), role=COALESCE(@role, role), stamp=@stamp
            WHERE name=@name
            """, ("hash", password == null ? null : _hasher.HashPassword(name, password)), ("role", role),
            ("stamp", Guid.NewGuid().ToString("N")), ("name", name));
        if (changed == 0)
        {
            return $"name: there is no {name}";
        }

        Note(by, "account.change", name, (role ?? "") + (password == null ? "" : " password"));
        return null;
    }

    /// <summary>Takes an account away; every session of it ends.</summary>
    /// <returns>What is wrong; null: it is gone.</returns>
    public string? TryRemove(string name, string by)
    {
        if (LastAdminProblem(name, "") is { } problem)
        {
            return problem;
        }

        if (_store.Change("DELETE FROM account WHERE name=@name", ("name", name)) == 0)
        {
            return $"name: there is no {name}";
        }

        Note(by, "account.remove", name, "");
        return null;
    }

    /// <summary>Role and stamp of who knows this password; null: nobody does. Takes as long for a name that is not
    /// there.</summary>
    public (string Role, string Stamp)? Find(string name, string password)
    {
        (string Hash, string Role, string Stamp) found = !IsName(name) ? default : _store.Rows(
            "SELECT password_hash, role, stamp FROM account WHERE name=@name",
            row => (row.GetString(0), row.GetString(1), row.GetString(2)), ("name", name)).SingleOrDefault();
        PasswordVerificationResult result = _hasher.VerifyHashedPassword(name, found.Hash ?? _unknown.Value, password);
        return found.Hash != null && result != PasswordVerificationResult.Failed ? (found.Role, found.Stamp) : null;
    }

    /// <summary>Whether what a cookie says still holds: the account is there, with that role and stamp. Another stamp
    /// ends every session of the account.</summary>
    public bool IsCurrent(string name, string role, string stamp) => _store.Scalar(
        "SELECT COUNT(*) FROM account WHERE name=@name AND role=@role AND stamp=@stamp",
        ("name", name), ("role", role), ("stamp", stamp)) == 1;

    /// <summary>Whether a text can be an account's name.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= NameCharsMax && !text.Any(char.IsControl);

    /// <summary>Makes a token for a machine.</summary>
    /// <returns>The token, which nothing keeps but its hash.</returns>
    public string AddToken(string name, string role, DateTimeOffset expires, string by)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _store.Change("INSERT INTO access_token VALUES(@name, @hash, @role, @expires)", ("name", name),
            ("hash", HashOf(token)), ("role", role), ("expires", expires.ToUnixTimeSeconds()));
        Note(by, "token.add", name, role);
        return token;
    }

    /// <summary>Whether a token of this name is there.</summary>
    public bool HasToken(string name) =>
        _store.Scalar("SELECT COUNT(*) FROM access_token WHERE name=@name", ("name", name)) > 0;

    /// <summary>Takes a token back. False: there is none of that name.</summary>
    public bool RemoveToken(string name, string by)
    {
        bool isRemoved = _store.Change("DELETE FROM access_token WHERE name=@name", ("name", name)) == 1;
        if (isRemoved)
        {
            Note(by, "token.remove", name, "");
        }

        return isRemoved;
    }

    /// <summary>Name, role and stamp of a token that has not expired; null: it is none.</summary>
    public (string Name, string Role, string Stamp)? TokenOf(string token)
    {
        List<(string, string, string)> found = _store.Rows(
            "SELECT name, role, hash FROM access_token WHERE hash=@hash AND expires_utc_s>@now",
            row => (row.GetString(0), row.GetString(1), row.GetString(2)), ("hash", HashOf(token)), ("now", Now));
        return found.Count == 1 ? found[0] : null;
    }

    /// <summary>Whether the token of this stamp is there still, with that role, and has not expired.</summary>
    public bool IsTokenCurrent(string stamp, string role) => _store.Scalar(
        "SELECT COUNT(*) FROM access_token WHERE hash=@hash AND role=@role AND expires_utc_s>@now",
        ("hash", stamp), ("role", role), ("now", Now)) == 1;

    /// <summary>Writes into the audit log.</summary>
    public void Note(string who, string action, string subject, string detail) => _store.Change(
        "INSERT INTO audit(at_utc_s, who, action, subject, detail) VALUES(@now, @who, @action, @subject, @detail)",
        ("now", Now), ("who", who), ("action", action), ("subject", subject), ("detail", detail));

    /// <summary>The audit log from its newest line on.</summary>
    /// <param name="before">Line before which to begin; null: at the newest.</param>
    /// <param name="countMax">How many at most.</param>
    public IReadOnlyList<AuditLine> Audit(long? before, int countMax) => _store.Rows("""
        SELECT id, at_utc_s, who, action, subject, detail FROM audit WHERE id<@before ORDER BY id DESC LIMIT @count
        """,
        row => new AuditLine(row.GetInt64(0), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(1)), row.GetString(2),
            row.GetString(3), row.GetString(4), row.GetString(5)),
        ("before", before ?? long.MaxValue), ("count", countMax));

    private static string? PasswordProblem(string password) =>
        password.Length is >= PasswordCharsMin and <= PasswordCharsMax ? null
        : $"password: {PasswordCharsMin} to {PasswordCharsMax} characters were expected";

    private static string? RoleProblem(string role) =>
        Roles.All.Contains(role) ? null : $"role: {string.Join(", ", Roles.All)} was expected";

    // Without an admin nobody could give a role any more.
    private string? LastAdminProblem(string name, string? role)
    {
        List<string> admins = [.. All().Where(account => account.Role == Roles.Admin).Select(account => account.Name)];
        return role is null or Roles.Admin || admins is not [var last] || last != name ? null
            : $"name: {name} is the last admin";
    }

    private static readonly Lazy<string> _unknown = new(() => new PasswordHasher<string>().HashPassword("", "nobody"));

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    // A token has 256 random bits: a plain hash keeps it, and is found by an index.
    private static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
