using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>The words in which a refused message is answered; part of the documented protocol.</summary>
public static class Refusal
{
    public const string TooLong = "too-long";
    public const string NotAnObject = "not-an-object";
    public const string Syntax = "syntax";
    public const string TooDeep = "too-deep";
    public const string TooManyMembers = "too-many-members";
    public const string DuplicateName = "duplicate-name";
    public const string BadText = "bad-text";
    public const string Trailing = "trailing";
    public const string UnknownMember = "unknown-member";
    public const string MissingMember = "missing-member";
    public const string WrongDevice = "wrong-device";
    public const string OutOfRange = "out-of-range";
    public const string UnknownTopic = "unknown-topic";
    public const string NotSupported = "not-supported";
    public const string Busy = "busy";
    public const string WrongJournal = "wrong-journal";
    public const string WrongMac = "wrong-mac";
    public const string MacMissing = "mac-missing";
    public const string Overrun = "overrun";

    /// <summary>The word for a JSON fault.</summary>
    public static string Of(JsonFault fault)
    {
        switch (fault)
        {
            case JsonFault.NotAnObject:
                return NotAnObject;
            case JsonFault.TooDeep:
                return TooDeep;
            case JsonFault.TooManyMembers:
                return TooManyMembers;
            case JsonFault.DuplicateName:
                return DuplicateName;
            case JsonFault.BadText:
                return BadText;
            case JsonFault.Trailing:
                return Trailing;
            case JsonFault.TooLong:
                return TooLong;
            default:
                return Syntax;
        }
    }
}
