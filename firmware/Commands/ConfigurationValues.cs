using System;

namespace MeterFirmware.Commands;

/// <summary>One whole configuration, a value for each field of the schema; made once and filled anew.</summary>
public sealed class ConfigurationValues
{
    private static readonly byte[] _noText = new byte[0];

    private readonly ConfigurationField[] _fields;
    private readonly long[] _integers;
    private readonly byte[][] _texts;
    private readonly int[] _textLengths;

    public ConfigurationValues(ConfigurationField[] fields)
    {
        _fields = fields;
        _integers = new long[fields.Length];
        _texts = new byte[fields.Length][];
        _textLengths = new int[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            _texts[i] = fields[i].Kind == ConfigurationKind.Text ? new byte[(int)fields[i].Max] : _noText;
        }

        SetDefaults();
    }

    /// <summary>The document's revision; 0: the defaults.</summary>
    public long Revision { get; set; }

    /// <summary>A number, or a boolean as 0 or 1. Index: the field's place in the schema.</summary>
    public long IntegerOf(int field) => _integers[field];

    public bool IsTrue(int field) => _integers[field] != 0;

    /// <summary>A text's bytes (ASCII); the first <see cref="TextLengthOf"/> count.</summary>
    public byte[] TextOf(int field) => _texts[field];

    public int TextLengthOf(int field) => _textLengths[field];

    public void SetInteger(int field, long value) => _integers[field] = value;

    public void SetText(int field, byte[] bytes, int offset, int count)
    {
        Array.Copy(bytes, offset, _texts[field], 0, count);
        _textLengths[field] = count;
    }

    public void SetDefaults()
    {
        Revision = 0;
        for (int i = 0; i < _fields.Length; i++)
        {
            SetDefault(i);
        }
    }

    public void SetDefault(int field)
    {
        _integers[field] = _fields[field].DefaultInteger;
        string text = _fields[field].DefaultText;
        _textLengths[field] = text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            _texts[field][i] = (byte)text[i];
        }
    }

    public void CopyFrom(ConfigurationValues other)
    {
        Revision = other.Revision;
        for (int i = 0; i < _fields.Length; i++)
        {
            CopyField(other, i);
        }
    }

    public void CopyField(ConfigurationValues other, int field)
    {
        _integers[field] = other._integers[field];
        SetText(field, other._texts[field], 0, other._textLengths[field]);
    }

    public bool IsSame(ConfigurationValues other, int field)
    {
        if (_integers[field] != other._integers[field] || _textLengths[field] != other._textLengths[field])
        {
            return false;
        }

        for (int i = 0; i < _textLengths[field]; i++)
        {
            if (_texts[field][i] != other._texts[field][i])
            {
                return false;
            }
        }

        return true;
    }
}
