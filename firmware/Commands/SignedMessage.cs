using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// Reads and checks a signed JSON object:
/// {"device":"m1","id":7,"role":"utility","key":1,"issuedUtcSeconds":…,"expiresUtcSeconds":…, body …,"mac":"64 hex digits"}.
/// The mac is the last member. It covers a label and every byte in front of the comma before it, so that no
/// canonical form is needed. Cheap checks come first; the mac costs some 15 compressions of SHA-256.
/// </summary>
public sealed class SignedMessage
{
    /// <summary>A sender's clock may run ahead by this much.</summary>
    public const int SkewSecondsMax = 300;

    /// <summary>A message may be good for this long at most: what waits longer in a broker is not meant any more.</summary>
    public const int ValidSecondsMax = 86_400;

    /// <summary>Numbers stay exact in every JSON library.</summary>
    public const long IdMax = 9_007_199_254_740_991;

    private const int MacDigits = 2 * HmacSha256.TagBytes;

    private readonly string _device;
    private readonly DeviceSecurity _security;
    private readonly byte[] _label;
    private readonly string _firstBody;
    private readonly string _secondBody;
    private readonly byte[] _mac = new byte[HmacSha256.TagBytes];
    private long _issuedFloorUtcSeconds;

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

    /// <summary>Macs that may still be checked; the owner refills it with time, so that a flood cannot hold the loop.</summary>
    public int MacChecksLeft { get; set; }

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

    /// <summary>Reads and checks everything but what the body means. Changes nothing: <see cref="TryTake"/> does.</summary>
    /// <param name="bytes">The message from index 0; must stay as it is while <see cref="Json"/> is used.</param>
    /// <param name="count">Its length.</param>
    /// <param name="utcSeconds">Now, or 0 when the time is not known.</param>
    /// <param name="needsTime">False for the one command that sets the clock.</param>
    /// <returns>A <see cref="CommandRefusal"/>.</returns>
    public int Check(byte[] bytes, int count, long utcSeconds, bool needsTime)
    {
        Id = 0;
        if (!Json.TryRead(bytes, 0, count))
        {
            return CommandRefusal.Malformed;
        }

        int refusal = CheckMembers();
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        refusal = CheckSender();
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        refusal = CheckTimes(utcSeconds, needsTime);
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        if (MacChecksLeft <= 0)
        {
            return CommandRefusal.Busy;
        }

        MacChecksLeft--;
        return CheckMac(bytes);
    }

    /// <summary>Takes the checked message's number for good. False: it could not be stored, so it must not be acted on.</summary>
    public bool TryTake() => _security.TryTake(Role, Id, Generation);

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
            || !Json.TryGetInteger("issuedUtcSeconds", out long _) || !Json.TryGetInteger("expiresUtcSeconds", out long _)
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
        if (generation < 1 || generation > 0xFFFF || !_security.IsKnownGeneration(Role, generation))
        {
            return CommandRefusal.UnknownKey;
        }

        Generation = (int)generation;
        return _security.IsFresh(Role, Id) ? CommandRefusal.None : CommandRefusal.Replayed;
    }

    private int CheckTimes(long utcSeconds, bool needsTime)
    {
        Json.TryGetInteger("issuedUtcSeconds", out long issued);
        Json.TryGetInteger("expiresUtcSeconds", out long expires);
        if (issued < 0 || expires < issued || expires - issued > ValidSecondsMax)
        {
            return CommandRefusal.TooLongValid;
        }

        if (utcSeconds <= 0)
        {
            return needsTime || _security.MayHaveForgotten(Role) ? CommandRefusal.NoTime : CommandRefusal.None;
        }

        if (expires < utcSeconds)
        {
            return CommandRefusal.Expired;
        }

        if (issued > utcSeconds + SkewSecondsMax)
        {
            return CommandRefusal.NotYetValid;
        }

        return CheckIssuedAfterStart(issued, utcSeconds);
    }

    /// <summary>When the newest window was damaged, what was issued before the start may have been taken already.</summary>
    private int CheckIssuedAfterStart(long issued, long utcSeconds)
    {
        if (!_security.MayHaveForgotten(Role))
        {
            return CommandRefusal.None;
        }

        if (_issuedFloorUtcSeconds == 0)
        {
            _issuedFloorUtcSeconds = utcSeconds;
        }

        return issued >= _issuedFloorUtcSeconds ? CommandRefusal.None : CommandRefusal.Replayed;
    }

    private int CheckMac(byte[] bytes)
    {
        Json.TryFind("mac", out int member);
        int digits = Json.StartOf(member);
        for (int i = 0; i < _mac.Length; i++)
        {
            int high = NibbleOf(bytes[digits + 2 * i]);
            int low = NibbleOf(bytes[digits + 2 * i + 1]);
            if (high < 0 || low < 0)
            {
                return CommandRefusal.WrongSignature;
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
        return hmac.FinishAndCheck(_mac, 0, HmacSha256.TagBytes) ? CommandRefusal.None : CommandRefusal.WrongSignature;
    }

    private static int NibbleOf(int digit) =>
        digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}
