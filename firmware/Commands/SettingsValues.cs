using System;
using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>All settings, a value for each field of the schema, packed into one array; made once and filled
/// anew.</summary>
public sealed class SettingsValues
{
    private readonly SettingsSchema _schema;

    public SettingsValues(SettingsSchema schema)
    {
        _schema = schema;
        Bytes = new byte[schema.PackedBytes];
        SetDefaults();
    }

    /// <summary>The document's revision; 0: the defaults.</summary>
    public long Revision { get; set; }

    /// <summary>All values; texts are read from here.</summary>
    public byte[] Bytes { get; }

    /// <summary>A number, or a boolean as 0 or 1. Index: the field's place in the schema.</summary>
    public int IntegerOf(int field) => LittleEndian.ReadInt32(Bytes, _schema.OffsetOf(field));

    public bool IsTrue(int field) => IntegerOf(field) != 0;

    /// <summary>Where a text (ASCII) begins in <see cref="Bytes"/>.</summary>
    public int TextOffsetOf(int field) => _schema.OffsetOf(field) + 1;

    public int TextLengthOf(int field) => Bytes[_schema.OffsetOf(field)];

    public void SetInteger(int field, int value) => LittleEndian.WriteInt32(Bytes, _schema.OffsetOf(field), value);

    public void SetText(int field, byte[] bytes, int offset, int count)
    {
        int at = _schema.OffsetOf(field);
        Bytes[at] = (byte)count;
        Array.Copy(bytes, offset, Bytes, at + 1, count);
    }

    public void SetDefaults()
    {
        Revision = 0;
        for (int i = 0; i < _schema.Count; i++)
        {
            SetDefault(i);
        }
    }

    public void SetDefault(int index)
    {
        SettingField field = _schema.At(index);
        if (field.Kind != SettingKind.Text)
        {
            SetInteger(index, field.DefaultInteger);
            return;
        }

        int at = _schema.OffsetOf(index);
        string text = field.DefaultText;
        Bytes[at] = (byte)text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            Bytes[at + 1 + i] = (byte)text[i];
        }
    }

    public void CopyFrom(SettingsValues other)
    {
        Revision = other.Revision;
        Array.Copy(other.Bytes, 0, Bytes, 0, Bytes.Length);
    }

    public void CopyField(SettingsValues other, int field)
    {
        int at = _schema.OffsetOf(field);
        Array.Copy(other.Bytes, at, Bytes, at, _schema.OffsetOf(field + 1) - at);
    }

    public bool IsSame(SettingsValues other, int field)
    {
        int at = _schema.OffsetOf(field);

        // Behind a text stands what a longer one left there.
        int end = _schema.At(field).Kind == SettingKind.Text ? at + 1 + Bytes[at] : _schema.OffsetOf(field + 1);
        for (; at < end; at++)
        {
            if (Bytes[at] != other.Bytes[at])
            {
                return false;
            }
        }

        return true;
    }
}
