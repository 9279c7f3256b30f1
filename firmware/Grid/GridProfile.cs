using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>
/// What a grid code asks of a unit that exports, as numbers: trips, momentary cessation, coming back, support. Made on
/// a PC out of a JSON document and loaded here from its compact form (README.md, "The compact form"). A profile does
/// not change once it is loaded.
/// </summary>
public sealed class GridProfile
{
    /// <summary>"MFGP", low byte first.</summary>
    public const int Magic = 0x5047_464D;

    public const int Version = 1;

    /// <summary>Magic, version, length, length of the name, trip rules, cessations.</summary>
    public const int HeaderBytes = 10;

    public const int NameBytesMax = 32;
    public const int RuleCountMax = 16;

    /// <summary>Kind, limit, ms, slope in ms per whole nominal voltage, where the slope begins.</summary>
    public const int RuleNumbers = 5;

    /// <summary>Kind, limit.</summary>
    public const int CeaseNumbers = 2;

    private const int CrcBytes = 4;
    private const int LimitMax = 2_000_000;
    private const int RuleMsMax = 3_600_000;

    private readonly int[] _fields = new int[GridField.Count];
    private readonly int[] _rules;
    private readonly int[] _ceases;

    private GridProfile(int ruleCount, int ceaseCount)
    {
        _rules = new int[ruleCount * RuleNumbers];
        _ceases = new int[ceaseCount * CeaseNumbers];
    }

    /// <summary>The profile's word, such as "en50549".</summary>
    public string Name { get; private set; }

    /// <summary>Tells two versions of a profile apart: the CRC of its compact form.</summary>
    public uint Crc { get; private set; }

    public int RuleCount => _rules.Length / RuleNumbers;

    public int CeaseCount => _ceases.Length / CeaseNumbers;

    /// <summary>One of the single numbers.</summary>
    /// <param name="field">Its place: <see cref="GridField"/>.</param>
    public int this[int field] => _fields[field];

    /// <summary>What a rule judges: <see cref="TripKind"/>.</summary>
    public int KindOf(int rule) => _rules[rule * RuleNumbers];

    /// <summary>Beyond it the rule's time runs: millionths of the nominal voltage, or mHz away from the nominal
    /// frequency.</summary>
    public int LimitOf(int rule) => _rules[rule * RuleNumbers + 1];

    /// <summary>The unit trips when it was beyond the limit for so long, ms; where a slope begins, at its
    /// begin.</summary>
    public int MsOf(int rule) => _rules[rule * RuleNumbers + 2];

    /// <summary>So many ms more for each nominal voltage above <see cref="SlopeFromOf"/>; 0 = the same
    /// everywhere.</summary>
    public int SlopeMsOf(int rule) => _rules[rule * RuleNumbers + 3];

    public int SlopeFromOf(int rule) => _rules[rule * RuleNumbers + 4];

    public int CeaseKindOf(int cease) => _ceases[cease * CeaseNumbers];

    /// <summary>Beyond it the unit gives and takes nothing.</summary>
    public int CeaseLimitOf(int cease) => _ceases[cease * CeaseNumbers + 1];

    /// <summary>The longest window that voltage (or frequency) may be measured over for the times to hold: that of the
    /// fastest rule. <see cref="int.MaxValue"/>: no rule judges it.</summary>
    public int WindowMsMax(bool isFrequency)
    {
        int least = int.MaxValue;
        for (int rule = 0; rule < RuleCount; rule++)
        {
            bool isOfFrequency = KindOf(rule) == TripKind.UnderFrequency || KindOf(rule) == TripKind.OverFrequency;
            least = isOfFrequency == isFrequency && MsOf(rule) < least ? MsOf(rule) : least;
        }

        return least;
    }

    /// <summary>Loads a compact form. False: the error says what is wrong with it, and nothing is taken.</summary>
    public static bool TryLoad(byte[] bytes, int length, out GridProfile profile, out string error)
    {
        profile = null;
        error = EnvelopeError(bytes, length);
        if (error != null)
        {
            return false;
        }

        GridProfile loaded = new GridProfile(bytes[8], bytes[9]);
        int at = HeaderBytes + bytes[7];
        loaded.Name = TextOf(bytes, HeaderBytes, bytes[7]);
        at = LittleEndian.ReadInts(bytes, at, loaded._fields);
        at = LittleEndian.ReadInts(bytes, at, loaded._rules);
        LittleEndian.ReadInts(bytes, at, loaded._ceases);
        loaded.Crc = (uint)LittleEndian.ReadInt32(bytes, length - CrcBytes);
        error = loaded.Fault();
        profile = error == null ? loaded : null;
        error = error == null ? null : "grid profile: " + error;
        return error == null;
    }

    private static string EnvelopeError(byte[] bytes, int length)
    {
        if (bytes == null || length > bytes.Length || length < HeaderBytes + CrcBytes)
        {
            return "grid profile: wrong length " + length.ToString();
        }

        if (LittleEndian.ReadInt32(bytes, 0) != Magic)
        {
            return "grid profile: wrong magic";
        }

        if (bytes[4] != Version)
        {
            return "grid profile: version " + bytes[4].ToString() + ", expected " + Version.ToString();
        }

        int numbers = GridField.Count + bytes[8] * RuleNumbers + bytes[9] * CeaseNumbers;
        if (LittleEndian.ReadUInt16(bytes, 5) != length || length != HeaderBytes + bytes[7] + numbers * 4 + CrcBytes)
        {
            return "grid profile: its length field does not match";
        }

        uint crc = (uint)LittleEndian.ReadInt32(bytes, length - CrcBytes);
        return crc == Crc32.Of(bytes, 0, length - CrcBytes) ? null : "grid profile: wrong CRC";
    }

    /// <summary>A name as it stands in bytes: the device needs no other text than letters, digits and what stands
    /// between them.</summary>
    public static string TextOf(byte[] bytes, int at, int length)
    {
        char[] letters = new char[length];
        for (int i = 0; i < length; i++)
        {
            letters[i] = (char)bytes[at + i];
        }

        return new string(letters);
    }

    // Null: everything is within its bounds and goes together.
    private string Fault()
    {
        if (Name.Length == 0 || Name.Length > NameBytesMax || !IsWord(Name))
        {
            return "the name is no word of up to " + NameBytesMax.ToString() + " letters, digits and hyphens";
        }

        for (int field = 0; field < GridField.Count; field++)
        {
            if (_fields[field] < GridField.Least(field) || _fields[field] > GridField.Most(field))
            {
                return "number " + field.ToString() + " out of range: " + _fields[field].ToString();
            }
        }

        return FieldFault() ?? RuleFault() ?? CeaseFault();
    }

    private static bool IsWord(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            char letter = name[i];
            if (!(letter >= 'a' && letter <= 'z') && !(letter >= '0' && letter <= '9') && letter != '-')
            {
                return false;
            }
        }

        return true;
    }

    private string FieldFault()
    {
        int[] f = _fields;
        if (f[GridField.ReturnLowPpm] >= f[GridField.ReturnHighPpm]
            || f[GridField.ReturnLowMillihertz] >= f[GridField.ReturnHighMillihertz])
        {
            return "the window for coming back is empty";
        }

        if (f[GridField.MeanLimitPpm] > 0
            && (f[GridField.MeanWindowMs] / f[GridField.MeanStepMs] > MeanVoltage.StepCountMax
                || f[GridField.MeanWindowMs] < f[GridField.MeanStepMs]))
        {
            return "the window of the mean voltage is no 1 to " + MeanVoltage.StepCountMax.ToString() + " steps";
        }

        if ((f[GridField.VoltWattFullPpm] > 0 && f[GridField.VoltWattFullPpm] >= f[GridField.VoltWattNonePpm])
            || (f[GridField.LoadFullPpm] > 0 && f[GridField.LoadFullPpm] <= f[GridField.LoadNonePpm]))
        {
            return "a volt-watt curve that goes the wrong way";
        }

        for (int i = 1; i < 4 && f[GridField.VarVoltsPpm] > 0; i++)
        {
            if (f[GridField.VarVoltsPpm + i] <= f[GridField.VarVoltsPpm + i - 1])
            {
                return "the voltages of volt-var do not rise";
            }
        }

        return f[GridField.MissingTripMs] < f[GridField.MissingCeaseMs] ? "it trips before it ceases" : null;
    }

    private string RuleFault()
    {
        if (RuleCount == 0 || RuleCount > RuleCountMax)
        {
            return RuleCount.ToString() + " rules; 1 to " + RuleCountMax.ToString() + " were expected";
        }

        for (int rule = 0; rule < RuleCount; rule++)
        {
            bool isOfVoltage = KindOf(rule) == TripKind.UnderVoltage || KindOf(rule) == TripKind.OverVoltage;
            bool isKnown = KindOf(rule) >= 0 && KindOf(rule) < TripKind.RuleCount;
            int least = isOfVoltage ? 0 : -LimitMax;
            if (!isKnown || LimitOf(rule) < least || LimitOf(rule) > LimitMax || MsOf(rule) < 0
                || MsOf(rule) > RuleMsMax || SlopeMsOf(rule) < 0 || SlopeMsOf(rule) > RuleMsMax
                || SlopeFromOf(rule) < 0 || SlopeFromOf(rule) > LimitMax
                || (SlopeMsOf(rule) > 0 && KindOf(rule) != TripKind.UnderVoltage))
            {
                return "rule " + rule.ToString() + " out of range";
            }
        }

        return null;
    }

    private string CeaseFault()
    {
        for (int cease = 0; cease < CeaseCount; cease++)
        {
            bool isOfVoltage = CeaseKindOf(cease) == TripKind.UnderVoltage
                || CeaseKindOf(cease) == TripKind.OverVoltage;
            if (!isOfVoltage || CeaseLimitOf(cease) < 0 || CeaseLimitOf(cease) > LimitMax)
            {
                return "cessation " + cease.ToString() + " out of range";
            }
        }

        return null;
    }
}
