using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Tariffs;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// The command <c>prices</c>, the same on meter, charger and site: the price list of a local day, or the kind of a day
/// that is announced. Signed and dated like every command; a list ends with its day. The caller keeps what was taken.
/// </summary>
public static class PriceCommand
{
    private const long DayMax = int.MaxValue / CivilTime.SecondsPerDay * 4L;

    /// <summary>Takes it: a CommandRefusal.</summary>
    /// <param name="sets">Their lists and announced days.</param>
    /// <param name="room">Decoded to its front; the message itself may stand there.</param>
    /// <param name="today">Local day now; <see cref="DayLists.NoDay"/> without a calendar.</param>
    /// <param name="note">Told what was expected; may be null.</param>
    public static int Execute(TariffSets sets, FlatJson arguments, byte[] room, long today, RefusalNote note)
    {
        if (!arguments.TryGetInteger("day", out long day))
        {
            return CommandRefusal.BadArgument;
        }

        if (day < 0 || day > DayMax)
        {
            return CommandRefusal.OutOfRange;
        }

        return arguments.TryFind("announce", out int kind)
            ? Announce(sets, arguments, kind, day, today, note) : TakeList(sets, arguments, day, room, today, note);
    }

    /// <summary>An empty kind takes the announcement back.</summary>
    private static int Announce(
        TariffSets sets, FlatJson arguments, int member, long day, long today, RefusalNote note)
    {
        if (arguments.Count != 2 || arguments.KindOf(member) != JsonKind.Text)
        {
            return CommandRefusal.BadArgument;
        }

        bool isTakenBack = arguments.TextEquals(member, "");
        string kind = isTakenBack ? null : arguments.TextOf(member, TariffLimits.AnnouncedNameBytesMax);
        if (!isTakenBack && (kind == null || !sets.KnowsAnnounced(kind)))
        {
            return Refuse(note, "a kind of day that the tariff names");
        }

        return sets.Announced.TrySet(day, kind, today) ? CommandRefusal.None
            : Refuse(note, "a day from today on; the nearest " + AnnouncedDays.Capacity.ToString() + " are kept");
    }

    private static int TakeList(
        TariffSets sets, FlatJson arguments, long day, byte[] room, long today, RefusalNote note)
    {
        if (sets.DayAhead == null)
        {
            return CommandRefusal.NotSupported;
        }

        bool hasExport = arguments.TryFind("export", out int export);
        bool hasMinutes = arguments.TryGetInteger("minutes", out long minutes);
        minutes = hasMinutes ? minutes : DayAheadPrices.QuarterMinutes;
        if (arguments.Count != 2 + (hasExport ? 1 : 0) + (hasMinutes ? 1 : 0)
            || !arguments.TryFind("data", out int data) || arguments.KindOf(data) != JsonKind.Text
            || (hasExport && arguments.KindOf(export) != JsonKind.Text))
        {
            return CommandRefusal.BadArgument;
        }

        if (hasExport && !sets.DayAhead.HasExport)
        {
            return Refuse(note, "import prices only", CommandRefusal.BadArgument);
        }

        if (minutes != 15 && minutes != 30 && minutes != 60)
        {
            return Refuse(note, "minutes 15, 30 or 60");
        }

        // The message itself may stand in this room: what comes first in it is decoded first, and to the front.
        bool isExportFirst = hasExport && arguments.StartOf(export) < arguments.StartOf(data);
        int second = 0;
        if (!arguments.TryGetBase64(isExportFirst ? export : data, room, 0, out int first)
            || (hasExport && !arguments.TryGetBase64(isExportFirst ? data : export, room, first, out second))
            || (isExportFirst ? second : first) % 4 != 0)
        {
            return CommandRefusal.BadArgument;
        }

        if (hasExport && second != first)
        {
            return Refuse(note, "as many prices of both directions");
        }

        return sets.DayAhead.TrySetPacked(sets.InForce(TariffPart.Seasons), day, today, room,
            isExportFirst ? first : 0, !hasExport ? -1 : isExportFirst ? 0 : first, first / 4, (int)minutes,
            out string error)
            ? CommandRefusal.None : Refuse(note, error);
    }

    private static int Refuse(RefusalNote note, string expected, int refusal = CommandRefusal.OutOfRange)
    {
        if (note != null)
        {
            note.Expected = expected;
        }

        return refusal;
    }
}
