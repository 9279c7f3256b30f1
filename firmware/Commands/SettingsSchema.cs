using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>
/// The list of a product's settings. It is code and not a table: names and bounds stay in flash, and one reused object
/// shows
/// the setting that is asked for. In the heap stand only the defaults, which a board may change.
/// </summary>
public abstract class SettingsSchema
{
    private const int CountMax = 63;
    private const int NumberBytes = 4;

    private readonly SettingField _field = new SettingField();
    private readonly ushort[] _offsets;

    // A number's default; a text's place in the texts that a board set, from 1: 0 for what the list says.
    private readonly int[] _defaults;
    private string[] _defaultTexts = new string[0];
    private long _commissioned;
    private int _shown = -1;

    /// <param name="count">Settings, 1 to 63.</param>
    protected SettingsSchema(int count)
    {
        Invariant.Require(count >= 1 && count <= CountMax, "a schema has 1 to 63 settings");
        _defaults = new int[count];
        _offsets = new ushort[count + 1];
        for (int i = 0; i < count; i++)
        {
            Define(i);
            bool isText = _field.Kind == SettingKind.Text;
            Invariant.Require(!isText || _field.Max <= byte.MaxValue, "a text has up to 255 bytes");
            _defaults[i] = isText ? 0 : _field.DefaultInteger;
            _offsets[i + 1] = (ushort)(_offsets[i] + (isText ? 1 + _field.Max : NumberBytes));
        }
    }

    public int Count => _defaults.Length;

    /// <summary>A setting, 0 to <see cref="Count"/> − 1; what is returned holds until the next call.</summary>
    public SettingField At(int index)
    {
        if (index != _shown)
        {
            Define(index);
            _shown = index;
            int value = _defaults[index];
            if (_field.Kind != SettingKind.Text)
            {
                _field.DefaultInteger = value;
            }
            else if (value > 0)
            {
                _field.DefaultText = _defaultTexts[value - 1];
            }

            if ((_commissioned & (1L << index)) != 0)
            {
                _field.Max = value;
            }
        }

        return _field;
    }

    /// <summary>The setting that is stored at a place. Settings are numbered as the document has them, a section
    /// together;
    /// one that came later is stored behind those that were there.</summary>
    public virtual int FieldAt(int place) => place;

    /// <summary>What a board was commissioned with, in place of the list's own default.</summary>
    public void SetDefault(int index, int value)
    {
        Invariant.Require(At(index).Kind != SettingKind.Text, "a text's default is a text");
        _defaults[index] = value;
        _shown = -1;
    }

    /// <summary>What a board was commissioned with, in place of the list's own default. At start-up:
    /// allocates.</summary>
    public void SetDefault(int index, string text)
    {
        Invariant.Require(At(index).Kind == SettingKind.Text && text.Length <= At(index).Max,
            "a default text is longer than the setting");
        string[] texts = new string[_defaultTexts.Length + 1];
        _defaultTexts.CopyTo(texts, 0);
        texts[texts.Length - 1] = text;
        _defaultTexts = texts;
        _defaults[index] = texts.Length;
        _shown = -1;
    }

    /// <summary>A safety limit as it was commissioned: its default is what a document may ask for at most.</summary>
    public void Commission(int index)
    {
        _commissioned |= 1L << index;
        _shown = -1;
    }

    /// <summary>Where a setting's value begins in packed settings: a number takes 4 bytes, a text its length in one
    /// and its bytes.</summary>
    internal int OffsetOf(int index) => _offsets[index];

    /// <summary>Bytes of packed settings.</summary>
    internal int PackedBytes => _offsets[_offsets.Length - 1];

    /// <summary>Calls <see cref="Integer"/>, <see cref="Boolean"/> or <see cref="Text"/> for the setting of this
    /// place.</summary>
    protected abstract void Define(int index);

    protected SettingField Integer(string section, string name, int min, int max, int value) =>
        Show(SettingKind.Integer, section, name, min, max, value, "");

    protected SettingField Boolean(string section, string name, bool value) =>
        Show(SettingKind.Boolean, section, name, 0, 1, value ? 1 : 0, "");

    /// <summary>A text of printable ASCII.</summary>
    protected SettingField Text(string section, string name, int bytesMin, int bytesMax, string value) =>
        Show(SettingKind.Text, section, name, bytesMin, bytesMax, 0, value);

    private SettingField Show(SettingKind kind, string section, string name, int min, int max, int value, string text)
    {
        _field.Kind = kind;
        _field.Section = section;
        _field.Name = name;
        _field.Min = min;
        _field.Max = max;
        _field.DefaultInteger = value;
        _field.DefaultText = text;
        _field.IsSecret = false;
        _field.NeedsReconnect = false;
        _field.IsUtilityOnly = false;
        return _field;
    }
}
