using MeterFirmware.Basics;

namespace MeterFirmware.SiteController;

/// <summary>The last events of a site, for whoever reads them: a board's console, a service tool. One that goes on is
/// noted once in ten minutes.</summary>
public sealed class SiteEvents
{
    /// <summary>Another leader has the same rank; detail: its serial number.</summary>
    public const int SameRank = 1;

    /// <summary>A second device has a member's number; detail: the number.</summary>
    public const int Doubled = 2;

    /// <summary>A member draws more than it may; detail: its number.</summary>
    public const int Defiant = 3;

    /// <summary>A phase at the mains stays above its limit; detail: the phase, 0 to 2.</summary>
    public const int Overload = 4;

    /// <summary>The members of a phase do not show in the mains' current there, so a phase is wired wrongly; detail:
    /// the phase.</summary>
    public const int WrongPhase = 5;

    /// <summary>An overload that the members cannot end: they were lowered, and it stayed; detail: the phase.</summary>
    public const int NotOurs = 6;

    /// <summary>Events that are kept.</summary>
    public const int Kept = 16;

    private const int AgainMs = 600_000;

    private readonly int[] _code = new int[Kept];
    private readonly int[] _detail = new int[Kept];
    private readonly long[] _atMs = new long[Kept];

    /// <summary>Events since the start; the last <see cref="Kept"/> of them can be read.</summary>
    public int Count { get; private set; }

    /// <summary>Code of an event, numbered from 0 since the start; 0: it is gone.</summary>
    public int CodeOf(int number) => IsKept(number) ? _code[number % Kept] : 0;

    public int DetailOf(int number) => IsKept(number) ? _detail[number % Kept] : 0;

    /// <summary>Writes an event, e.g. "overload L2".</summary>
    public void Write(int number, ByteTextWriter writer)
    {
        int detail = DetailOf(number);
        switch (CodeOf(number))
        {
            case SameRank:
                writer.Raw("another leader has this rank, serial ");
                writer.Integer(detail);
                break;
            case Doubled:
                writer.Raw("a second device is member ");
                writer.Integer(detail);
                break;
            case Defiant:
                writer.Raw("draws more than granted: member ");
                writer.Integer(detail);
                break;
            case Overload:
                writer.Raw("above the limit at the mains: L");
                writer.Integer(detail + 1);
                break;
            case WrongPhase:
                writer.Raw("members are not seen at the mains, is a phase wired wrongly? L");
                writer.Integer(detail + 1);
                break;
            case NotOurs:
                writer.Raw("above the limit, and not by the members: L");
                writer.Integer(detail + 1);
                break;
            default:
                break;
        }
    }

    internal void Raise(int code, int detail, long nowMs)
    {
        for (int number = Count > Kept ? Count - Kept : 0; number < Count; number++)
        {
            int at = number % Kept;
            if (_code[at] == code && _detail[at] == detail && nowMs - _atMs[at] < AgainMs)
            {
                return;
            }
        }

        _code[Count % Kept] = code;
        _detail[Count % Kept] = detail;
        _atMs[Count % Kept] = nowMs;
        Count++;
    }

    private bool IsKept(int number) => number >= 0 && number < Count && number >= Count - Kept;
}
