namespace MeterFirmware.Commands;

/// <summary>Why a command or a document is refused: the words of the answer, each counted by <see cref="CommandCounters"/>.</summary>
public static class CommandRefusal
{
    public const int None = 0;
    public const int Malformed = 1;
    public const int UnknownMember = 2;
    public const int MissingMember = 3;
    public const int WrongDevice = 4;
    public const int UnknownRole = 5;
    public const int UnknownKey = 6;
    public const int WrongSignature = 7;
    public const int NoTime = 8;
    public const int NotYetValid = 9;
    public const int Expired = 10;
    public const int TooLongValid = 11;
    public const int Replayed = 12;
    public const int UnknownCommand = 13;
    public const int RoleNotAllowed = 14;
    public const int NotCommissioned = 15;
    public const int StorageFailed = 16;
    public const int Busy = 17;
    public const int NotSupported = 18;
    public const int BadArgument = 19;
    public const int AboveCommissioned = 20;
    public const int OutOfRange = 21;
    public const int WrongState = 22;
    public const int UnknownToken = 23;
    public const int Reserved = 24;
    public const int NoSession = 25;
    public const int Faulted = 26;
    public const int Unavailable = 27;
    public const int Count = 28;

    /// <summary>The answer's word.</summary>
    public static string NameOf(int refusal)
    {
        switch (refusal)
        {
            case Malformed:
                return "malformed";
            case UnknownMember:
                return "unknown-member";
            case MissingMember:
                return "missing-member";
            case WrongDevice:
                return "wrong-device";
            case UnknownRole:
                return "unknown-role";
            case UnknownKey:
                return "unknown-key";
            case WrongSignature:
                return "wrong-signature";
            case NoTime:
                return "no-time";
            case NotYetValid:
                return "not-yet-valid";
            case Expired:
                return "expired";
            case TooLongValid:
                return "valid-for-too-long";
            case Replayed:
                return "replayed";
            case UnknownCommand:
                return "unknown-command";
            case RoleNotAllowed:
                return "role-not-allowed";
            case NotCommissioned:
                return "not-commissioned";
            case StorageFailed:
                return "storage-failed";
            case Busy:
                return "busy";
            case NotSupported:
                return "not-supported";
            case BadArgument:
                return "bad-argument";
            case AboveCommissioned:
                return "above-commissioned";
            case OutOfRange:
                return "out-of-range";
            case WrongState:
                return "wrong-state";
            case UnknownToken:
                return "unknown-token";
            case Reserved:
                return "reserved";
            case NoSession:
                return "no-session";
            case Faulted:
                return "faulted";
            case Unavailable:
                return "unavailable";
            default:
                return "";
        }
    }
}
