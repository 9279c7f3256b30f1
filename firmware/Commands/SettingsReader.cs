using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// Reads a settings document {"version":1,"revision":7,"telemetry":{…},…} into values, as a whole: one wrong
/// field and nothing counts. A field that is missing takes its default, a secret one keeps what the device has.
/// </summary>
public sealed class SettingsReader
{
    /// <summary>Version of the document's form; another one is refused.</summary>
    public const int Version = 1;

    /// <summary>A revision may be so far above the one in force: time stamps in seconds are good.</summary>
    public const long RevisionStepMax = 1L << 32;

    private const long LastRevisions = 1L << 52;

    private readonly SettingsSchema _schema;
    private readonly bool[] _isNamed;
    private readonly FlatJson _document;
    private readonly FlatJson _section;

    /// <param name="schema">What a document may hold.</param>
    /// <param name="other">A reader whose scanner this one uses too; null: its own.</param>
    public SettingsReader(SettingsSchema schema, FlatJson other = null)
    {
        _schema = schema;
        _isNamed = new bool[schema.Count];
        int sections = 0;
        int longest = 1;
        for (int first = 0; first < schema.Count; first = EndOfSection(first))
        {
            sections++;
            int length = EndOfSection(first) - first;
            longest = length > longest ? length : longest;
        }

        _document = new FlatJson(sections + 2, 2, other);
        _section = new FlatJson(longest, 1, _document);
    }

    /// <summary>First byte of the member that the last read refused for; −1 when it is a missing one.</summary>
    public int FaultOffset { get; private set; }

    /// <summary>Reads the document. Returns a <see cref="CommandRefusal"/>; after anything but None the values mean
    /// nothing.</summary>
    /// <param name="bytes">Holds the document from <paramref name="offset"/> on.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Length.</param>
    /// <param name="current">What holds now: the source of secrets that are not named.</param>
    /// <param name="into">Filled.</param>
    public int Read(byte[] bytes, int offset, int count, SettingsValues current, SettingsValues into)
    {
        FaultOffset = -1;
        if (!_document.TryRead(bytes, offset, count))
        {
            FaultOffset = _document.FaultOffset;
            return CommandRefusal.Malformed;
        }

        if (!_document.TryGetInteger("version", out long version)
            || !_document.TryGetInteger("revision", out long revision))
        {
            return CommandRefusal.MissingMember;
        }

        if (version != Version || !IsNext(current.Revision, revision))
        {
            _document.TryFind(version != Version ? "version" : "revision", out int member);
            FaultOffset = _document.NameStartOf(member);
            return CommandRefusal.OutOfRange;
        }

        for (int i = 0; i < _schema.Count; i++)
        {
            _isNamed[i] = false;
        }

        into.Revision = revision;
        for (int member = 0; member < _document.Count; member++)
        {
            if (_document.IsNamed(member, "version") || _document.IsNamed(member, "revision"))
            {
                continue;
            }

            int refusal = ReadSection(bytes, member, into);
            if (refusal != CommandRefusal.None)
            {
                return refusal;
            }
        }

        FillTheRest(current, into);
        return CommandRefusal.None;
    }

    /// <summary>Higher than what holds, but not by so much that no higher one is left. Where an older firmware took one
    /// of the last numbers, any of the others counts as the next.</summary>
    private static bool IsNext(long current, long revision) => revision >= 1 && revision <= SignedMessage.IdMax
        && (current > LastRevisions
            ? revision <= LastRevisions
            : revision > current && revision - current <= RevisionStepMax);

    private int ReadSection(byte[] bytes, int member, SettingsValues into)
    {
        FaultOffset = _document.NameStartOf(member);
        int start = _document.StartOf(member);
        int first = FirstOfSection(member);
        if (first < 0)
        {
            return CommandRefusal.UnknownMember;
        }

        if (_document.KindOf(member) != JsonKind.Object
            || !_section.TryRead(bytes, start, _document.EndOf(member) - start))
        {
            return CommandRefusal.Malformed;
        }

        for (int i = 0; i < _section.Count; i++)
        {
            FaultOffset = _section.NameStartOf(i);
            int field = FieldOf(first, i);
            if (field < 0)
            {
                return CommandRefusal.UnknownMember;
            }

            int refusal = ReadValue(bytes, i, field, into);
            if (refusal != CommandRefusal.None)
            {
                return refusal;
            }

            _isNamed[field] = true;
        }

        return CommandRefusal.None;
    }

    private int ReadValue(byte[] bytes, int member, int index, SettingsValues into)
    {
        SettingField field = _schema.At(index);
        JsonKind kind = _section.KindOf(member);
        if (field.Kind == SettingKind.Boolean)
        {
            into.SetInteger(index, kind == JsonKind.True ? 1 : 0);
            return kind == JsonKind.True || kind == JsonKind.False ? CommandRefusal.None : CommandRefusal.BadArgument;
        }

        if (field.Kind == SettingKind.Integer)
        {
            if (!_section.TryGetScaled(member, 0, out long value))
            {
                return CommandRefusal.BadArgument;
            }

            if (value < field.Min || value > field.Max)
            {
                return CommandRefusal.OutOfRange;
            }

            into.SetInteger(index, (int)value);
            return CommandRefusal.None;
        }

        int start = _section.StartOf(member);
        int length = _section.EndOf(member) - start;
        if (kind != JsonKind.Text)
        {
            return CommandRefusal.BadArgument;
        }

        if (length < field.Min || length > field.Max)
        {
            return CommandRefusal.OutOfRange;
        }

        for (int i = start; i < start + length; i++)
        {
            // Escapes would change the length, and names of hosts need none.
            if (bytes[i] < 0x20 || bytes[i] > 0x7E || bytes[i] == '\\')
            {
                return CommandRefusal.BadArgument;
            }
        }

        into.SetText(index, bytes, start, length);
        return CommandRefusal.None;
    }

    private void FillTheRest(SettingsValues current, SettingsValues into)
    {
        for (int i = 0; i < _schema.Count; i++)
        {
            if (_isNamed[i])
            {
                continue;
            }

            if (_schema.At(i).IsSecret)
            {
                into.CopyField(current, i);
            }
            else
            {
                into.SetDefault(i);
            }
        }
    }

    /// <summary>First field of the section that a member names; −1: there is no such section.</summary>
    private int FirstOfSection(int member)
    {
        for (int first = 0; first < _schema.Count; first = EndOfSection(first))
        {
            if (_document.IsNamed(member, _schema.At(first).Section))
            {
                return first;
            }
        }

        return -1;
    }

    /// <summary>Behind the last field of a section: its fields stand together.</summary>
    private int EndOfSection(int first)
    {
        string section = _schema.At(first).Section;
        int end = first + 1;
        while (end < _schema.Count && _schema.At(end).Section == section)
        {
            end++;
        }

        return end;
    }

    private int FieldOf(int first, int member)
    {
        int end = EndOfSection(first);
        for (int i = first; i < end; i++)
        {
            if (_section.IsNamed(member, _schema.At(i).Name))
            {
                return i;
            }
        }

        return -1;
    }
}
