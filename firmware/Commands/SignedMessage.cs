using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// Reads and checks a signed JSON object:
/// {"device":"m1","id":7,"role":"utility","key":1,"issuedUtcSeconds":…,"expiresUtcSeconds":…, body …,"mac":"64 hex
/// digits"}. The mac is the last member. It covers a label and every byte in front of the comma before it, so that no
/// canonical form is needed. Cheap checks come first; the mac costs some 15 compressions of SHA-256.
/// </summary>
public sealed class SignedMessage
{
    /// <summary>A sender's clock may run ahead by this much.</summary>
    public const int SkewSecondsMax = 300;

    /// <summary>A message may be good for this long at most: what waits longer in a broker is not meant any
    /// more.</summary>
    public const int ValidSecondsMax = 86_400;

    /// <summary>Numbers stay exact in every JSON library.</summary>
    public const long IdMax = 9_007_199_254_740_991;

    /// <summary>A number may lie so far above the highest taken: 139 years, for who counts the milliseconds since
    /// 1970.</summary>
    public const long IdStepMax = 1L << 42;

    private const int MacDigits = 2 * HmacSha256.TagBytes;

    private readonly string _device;
    private readonly DeviceSecurity _security;
    private readonly byte[] _label;
    private readonly string _firstBody;
    private readonly string _secondBody;
    private readonly byte[] _mac = new byte[HmacSha256.TagBytes];

    /// <param name="device">The device's name.</param>
    /// <param name="security">Its keys and windows.</param>
    /// <param name="purpose">"command" or "configuration": a mac for one is none for the other.</param>
    /// <param name="firstBody">A member that must be there besides.</param>
    /// <param name="secondBody">A member that may be there besides; null: none.</param>
    public SignedMessage(string device, DeviceSecurity security, string purpose, string firstBody, string secondBody)
    {
        _device = device;
        _security = security;
        _firstBody = firstBody;
        _secondBody = secondBody;
        _label = LabelOf(purpose);
    }

    /// <summary>The members, after a read that was not malformed; until the next message of any purpose.</summary>
    public FlatJson Json => _security.Message;

    /// <summary>The message's number; 0 when it could not be read.</summary>
    public long Id { get; private set; }

    public int Role { get; private set; }

    public int Generation { get; private set; }

    /// <summary>True once the mac was found right: who sent it holds the key, and may be answered.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Which numbers it is counted among: the role's, unless it is set to another between reading and
    /// checking.</summary>
    public int Window { get; set; }

    /// <summary>The highest number of the window, for the answer to who has shown a key.</summary>
    public long Highest => _security.HighestOf(Window);

    /// <summary>The first bytes of a mac: what is signed begins with "mf/v1/", the purpose and a line feed.</summary>
    public static byte[] LabelOf(string purpose)
    {
        string text = "mf/v1/" + purpose + "\n";
        byte[] label = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            label[i] = (byte)text[i];
        }

        return label;
    }

    /// <summary>Reads the message; checks its form, device, role and key generation. Changes nothing.</summary>
    /// <param name="bytes">The message from index 0; must stay as it is while <see cref="Json"/> is used.</param>
    /// <param name="count">Its length.</param>
    /// <returns>A <see cref="CommandRefusal"/>.</returns>
    public int Read(byte[] bytes, int count)
    {
        Id = 0;
        Window = 0;
        IsProven = false;
        if (!Json.TryRead(bytes, 0, count))
        {
            return CommandRefusal.Malformed;
        }

        int refusal = CheckMembers();
        return refusal != CommandRefusal.None ? refusal : CheckSender();
    }

    /// <summary>Checks when the message was issued and how long it is good.</summary>
    /// <param name="utcSeconds">Now, or 0 when the time is not known.</param>
    /// <param name="needsTime">False for the commands that set the clock.</param>
    public int CheckTimes(long utcSeconds, bool needsTime)
    {
        Json.TryGetInteger("issuedUtcSeconds", out long issued);
        Json.TryGetInteger("expiresUtcSeconds", out long expires);
        if (issued < 0 || expires < issued || expires - issued > ValidSecondsMax)
        {
            return CommandRefusal.TooLongValid;
        }

        if (utcSeconds <= 0)
        {
            return needsTime || _security.MayHaveForgotten(Window) ? CommandRefusal.NoTime : CommandRefusal.None;
        }

        return expires < utcSeconds ? CommandRefusal.Expired
            : issued > utcSeconds + SkewSecondsMax ? CommandRefusal.NotYetValid : CommandRefusal.None;
    }

    /// <summary>Checks the mac, when one may be checked now, and then whether the number is still to be had: only who
    /// signed is told that it is not.</summary>
    public int CheckMac(long nowMs, long utcSeconds, byte[] bytes)
    {
        long ahead = Id - _security.HighestOf(Window);
        if (!_security.Budget.TryTake(nowMs, ahead > 0 && ahead <= MacBudget.NearNumbers))
        {
            return CommandRefusal.Busy;
        }

        if (!IsMac(bytes))
        {
            _security.Budget.NoteForged(nowMs);
            return CommandRefusal.WrongSignature;
        }

        IsProven = true;
        if (!_security.IsFresh(Window, Id) || !IsIssuedAfterStart(utcSeconds))
        {
            return CommandRefusal.Replayed;
        }

        // One slip must not use up all numbers: they would be gone for good.
        return ahead > IdStepMax ? CommandRefusal.OutOfRange : CommandRefusal.None;
    }

    /// <summary>Takes the checked message's number for good. False: it could not be stored, so it must not be acted
    /// on.</summary>
    public bool TryTake() => _security.TryTake(Role, Window, Id, Generation);

    private int CheckMembers()
    {
        for (int i = 0; i < Json.Count; i++)
        {
            bool isKnown = Json.IsNamed(i, "device") || Json.IsNamed(i, "id") || Json.IsNamed(i, "role")
                || Json.IsNamed(i, "key") || Json.IsNamed(i, "issuedUtcSeconds") || Json.IsNamed(i, "expiresUtcSeconds")
                || Json.IsNamed(i, "mac") || Json.IsNamed(i, _firstBody)
                || (_secondBody != null && Json.IsNamed(i, _secondBody));
            if (!isKnown)
            {
                return CommandRefusal.UnknownMember;
            }
        }

        if (!Json.TryFind("device", out int device) || !Json.TryGetInteger("id", out long id)
            || !Json.TryFind("role", out int _) || !Json.TryGetInteger("key", out long _)
            || !Json.TryGetInteger("issuedUtcSeconds", out long _)
            || !Json.TryGetInteger("expiresUtcSeconds", out long _)
            || !Json.TryFind("mac", out int mac) || !Json.TryFind(_firstBody, out int _))
        {
            return CommandRefusal.MissingMember;
        }

        if (!Json.TextEquals(device, _device))
        {
            return CommandRefusal.WrongDevice;
        }

        if (id < 1 || id > IdMax)
        {
            return CommandRefusal.OutOfRange;
        }

        Id = id;
        bool isMac = mac == Json.Count - 1 && Json.KindOf(mac) == JsonKind.Text
            && Json.EndOf(mac) - Json.StartOf(mac) == MacDigits;
        return isMac ? CommandRefusal.None : CommandRefusal.WrongSignature;
    }

    private int CheckSender()
    {
        if (!_security.IsCommissioned)
        {
            return CommandRefusal.NotCommissioned;
        }

        Json.TryFind("role", out int member);
        Role = -1;
        for (int role = 0; role < CommandRole.Count; role++)
        {
            if (Json.TextEquals(member, CommandRole.NameOf(role)))
            {
                Role = role;
            }
        }

        if (Role < 0)
        {
            return CommandRefusal.UnknownRole;
        }

        Json.TryGetInteger("key", out long generation);
        if (generation < 1 || generation > DeviceSecurity.GenerationMax
            || !_security.IsKnownGeneration(Role, generation))
        {
            return CommandRefusal.UnknownKey;
        }

        Generation = (int)generation;
        Window = Role;
        return CommandRefusal.None;
    }

    /// <summary>When the newest window was damaged, what was issued before the start may have been taken
    /// already.</summary>
    private bool IsIssuedAfterStart(long utcSeconds)
    {
        if (!_security.MayHaveForgotten(Window))
        {
            return true;
        }

        _security.NoteTime(utcSeconds);
        Json.TryGetInteger("issuedUtcSeconds", out long issued);
        return issued >= _security.StartUtcSeconds;
    }

    private bool IsMac(byte[] bytes)
    {
        Json.TryFind("mac", out int member);
        int digits = Json.StartOf(member);
        for (int i = 0; i < _mac.Length; i++)
        {
            int high = HexDigits.LowerValueOf(bytes[digits + 2 * i]);
            int low = HexDigits.LowerValueOf(bytes[digits + 2 * i + 1]);
            if (high < 0 || low < 0)
            {
                return false;
            }

            _mac[i] = (byte)((high << 4) | low);
        }

        // Back from the member's name over its quotation mark and spaces to the comma; the JSON reader has seen it.
        int end = Json.NameStartOf(member) - 1;
        while (bytes[end] != ',')
        {
            end--;
        }

        HmacSha256 hmac = _security.LoadKey(Role, Generation);
        hmac.Add(_label, 0, _label.Length);
        hmac.Add(bytes, 0, end);
        return hmac.FinishAndCheck(_mac, 0, HmacSha256.TagBytes);
    }
}
