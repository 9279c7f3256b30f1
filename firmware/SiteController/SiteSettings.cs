using MeterFirmware.Charging;
using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>
/// What a technician commissions of a site, from a text of one setting a line (README.md has an example). There are no
/// defaults to run on: one wrong line and nothing is led, so every member keeps its safe current.
/// </summary>
public sealed partial class SiteSettings
{
    /// <summary>Where the site's meter sits: there is none, before everything, or before all but the
    /// chargers.</summary>
    public const int MeterNone = 0;
    public const int MeterMains = 1;
    public const int MeterOthers = 2;

    /// <summary>Largest current that can be said, mA: no connection of this kind has more.</summary>
    public const int MilliampsMax = 4_000_000;

    /// <summary>Nodes below the root.</summary>
    public const int NodesMax = 16;

    private const int WordsMax = 12;
    private const int DroopPercentMax = 12;
    private const int DroopStartMillihertzMax = 2_000;
    private const int KilovoltAmperesMax = 100_000;
    private const int AmbientCelsiusMax = 60;

    private readonly string[] _words = new string[WordsMax];
    private readonly int[] _safe = new int[Connectors.CountMax];
    private readonly bool[] _hasMember = new bool[Connectors.CountMax];
    private bool _hasKey;
    private int _wordCount;
    private int _at;

    private SiteSettings()
    {
    }

    /// <summary>0 leads first.</summary>
    public int Rank { get; private set; }

    /// <summary>Topic of the site's frames on its broker; empty: <see cref="Line"/>.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>Name of the RS-485 line.</summary>
    public string Line { get; private set; } = "";

    /// <summary>1 or 3.</summary>
    public int Phases { get; private set; } = 1;

    public int NominalVolts { get; private set; } = 230;

    /// <summary>Cap on the difference between phases, mA; 0 = none.</summary>
    public int UnbalanceMilliamps { get; private set; }

    /// <summary>One of <see cref="ChargingPreference"/>.</summary>
    public int Preference { get; private set; } = ChargingPreference.Balanced;

    public int MeterPlace { get; private set; }

    /// <summary>What the building's own load is taken for while its meter says nothing, mA a phase.</summary>
    public int OtherMilliampsMax { get; private set; }

    /// <summary>Rating of the transformer that feeds the site, kVA; 0 = none is watched.</summary>
    public int TransformerKilovoltAmperes { get; private set; }

    /// <summary>Around the transformer, °C.</summary>
    public int AmbientCelsius { get; private set; }

    public bool IsTransformerIndoors { get; private set; }

    /// <summary>Change of frequency that takes all of the site's limit away, percent of the nominal one; 0 = it
    /// supports nothing.</summary>
    public int DroopPercent { get; private set; }

    /// <summary>Under-frequency from which on it does.</summary>
    public int DroopStartMillihertz { get; private set; }

    /// <summary>A reading of what the site had consumed in the tier period, Wh, on <see cref="UsedDay"/>.</summary>
    public long UsedWattHours { get; private set; }

    /// <summary>Local day since 1970-01-01; 0: no reading.</summary>
    public int UsedDay { get; private set; }

    public int MemberCount { get; private set; }

    /// <summary>Nodes of the limit tree, the root included.</summary>
    public int NodeCount { get; private set; } = 1;

    /// <summary>Safe current of each member, mA a phase.</summary>
    public int[] SafeMilliamps { get; private set; }

    /// <summary>Site phases of each member, bits 1, 2, 4.</summary>
    public byte[] PhaseMask { get; } = new byte[Connectors.CountMax];

    /// <summary>Site phase of each member's own phases, as <see cref="Connectors.PhaseOrder"/>.</summary>
    public byte[] PhaseOrder { get; } = new byte[Connectors.CountMax];

    /// <summary>16 bytes that all devices of the site share; null: frames are plain, because the text says
    /// so.</summary>
    public byte[] Key { get; private set; }

    /// <summary>Node that feeds each member.</summary>
    public byte[] Node { get; } = new byte[Connectors.CountMax];

    /// <summary>Of each node: the one above it, its limit a phase and in sum, mA.</summary>
    public byte[] Parent { get; } = new byte[NodesMax + 1];

    public int[] LimitMilliamps { get; } = new int[NodesMax + 1];

    public int[] SumMilliamps { get; } = new int[NodesMax + 1];

    /// <summary>Reads the text (ASCII, '#' begins a comment). False: the error names the line and what is wrong with
    /// it.</summary>
    public static bool TryParse(byte[] text, int length, out SiteSettings settings, out string error)
    {
        settings = new SiteSettings();
        settings.LimitMilliamps[0] = -1;
        int line = 1;
        error = null;
        while (settings._at < length && error == null)
        {
            error = settings.ReadWords(text, length) ? settings.Take() : "more than 12 words, or not plain ASCII";
            error = error == null ? null : "line " + line.ToString() + ": " + error;
            line++;
        }

        error = error == null ? settings.Finish() : error;
        settings = error == null ? settings : null;
        return error == null;
    }

    /// <summary>The limits as a tree.</summary>
    public void Fill(LimitTree tree)
    {
        tree.SetLimit(0, LimitMilliamps[0], SumMilliamps[0]);
        for (int node = 1; node < NodeCount; node++)
        {
            tree.TryAdd(Parent[node], out int added);
            tree.SetLimit(added, LimitMilliamps[node], SumMilliamps[node]);
        }
    }

    private bool ReadWords(byte[] text, int length)
    {
        _wordCount = 0;
        bool isGood = true;
        bool isComment = false;
        int start = -1;
        for (; _at <= length; _at++)
        {
            int c = _at < length ? text[_at] : '\n';
            isComment |= c == '#';
            bool isEnd = isComment || c <= ' ';
            isGood &= isComment || (c < 127 && (c >= ' ' || c == '\n' || c == '\r' || c == '\t'));
            if (isEnd && start >= 0)
            {
                isGood &= _wordCount < WordsMax;
                if (isGood)
                {
                    _words[_wordCount++] = TextOf(text, start, _at);
                }

                start = -1;
            }
            else if (!isEnd && start < 0)
            {
                start = _at;
            }

            if (c == '\n')
            {
                _at++;
                return isGood;
            }
        }

        return isGood;
    }

    private static string TextOf(byte[] text, int start, int end)
    {
        char[] letters = new char[end - start];
        for (int i = start; i < end; i++)
        {
            letters[i - start] = (char)text[i];
        }

        return new string(letters);
    }

    private string Take()
    {
        if (_wordCount == 0)
        {
            return null;
        }

        switch (_words[0])
        {
            case "topic":
                Topic = _wordCount == 2 ? _words[1] : "";
                return Topic == "" || Topic.Length > 64 || Topic.IndexOf('#') >= 0 || Topic.IndexOf('+') >= 0
                    ? "topic needs one name of at most 64 characters without + and #" : null;
            case "line":
                Line = _wordCount == 2 ? _words[1] : "";
                return Line == "" ? "line needs one name, e.g. COM2" : null;
            case "key":
                return TakeKey();
            case "preference":
                return TakePreference();
            case "node":
                return TakeNode();
            case "member":
                return TakeMember();
            case "meter":
                return TakeMeter();
            case "transformer":
                return TakeTransformer();
            case "droop":
                return TakeDroop();
            case "used":
                return TakeUsed();
            default:
                return TakeNumber();
        }
    }

    // key 000102030405060708090a0b0c0d0e0f, or: key none
    private string TakeKey()
    {
        bool isNone = _wordCount == 2 && _words[1] == "none";
        Key = isNone || _wordCount != 2 ? null : SiteKey.Read(_words[1]);
        _hasKey = isNone || Key != null;
        return _hasKey ? null
            : "key needs 32 hexadecimal digits, the same in all devices of the site, or none: then whoever reaches "
                + "the bus can lead";
    }

    private string TakePreference()
    {
        int preference = ChargingPreference.Balanced;
        bool isGood = _wordCount == 2 && ChargingPreference.TryParse(_words[1], out preference);
        Preference = preference;
        return isGood ? null : "preference needs one word: served-first, balanced or price-first";
    }

    private string TakeNumber()
    {
        if (_wordCount != 2 || !TryNumber(_words[1], out int value))
        {
            return "a setting and one whole number were expected";
        }

        switch (_words[0])
        {
            case "rank":
                Rank = value;
                return value <= SiteLeader.RankMax ? null : "rank must be 0 to 15";
            case "phases":
                Phases = value;
                return value == 1 || value == 3 ? null : "phases must be 1 or 3";
            case "volts":
                NominalVolts = value;
                return value >= 100 && value <= 277 ? null : "volts must be 100 to 277";
            case "limit":
                LimitMilliamps[0] = value;
                return null;
            case "sum":
                SumMilliamps[0] = value;
                return null;
            case "unbalance":
                UnbalanceMilliamps = value;
                return null;
            default:
                return _words[0] + " is no setting";
        }
    }

    // node 1 below 0 limit 63000 [sum 90000]
    private string TakeNode()
    {
        bool isWhole = _wordCount >= 6 && TryNumber(_words[1], out int node) && node == NodeCount
            && _words[2] == "below" && _words[4] == "limit";
        if (!isWhole || NodeCount > NodesMax)
        {
            return "node NUMBER below NODE limit MILLIAMPS [sum MILLIAMPS] was expected, numbered on from 1, at most 16";
        }

        int limit = 0;
        int sum = 0;
        bool isGood = TryNumber(_words[3], out int parent) && parent < NodeCount && TryNumber(_words[5], out limit)
            && (_wordCount == 6 || (_wordCount == 8 && _words[6] == "sum" && TryNumber(_words[7], out sum)));
        if (!isGood)
        {
            return "a node lies below one before it and has a limit of 0 to 4000000 mA";
        }

        Parent[NodeCount] = (byte)parent;
        LimitMilliamps[NodeCount] = limit;
        SumMilliamps[NodeCount++] = sum;
        return null;
    }

    // member 0 safe 6000 phases 123 [node 1]
    private string TakeMember()
    {
        if (_wordCount < 2 || !TryNumber(_words[1], out int member) || member >= Connectors.CountMax)
        {
            return "a member's number is 0 to 63: a site has at most 64";
        }

        int safe = 0;
        int mask = 0;
        int node = 0;
        bool isGood = (_wordCount == 6 || (_wordCount == 8 && _words[6] == "node" && TryNumber(_words[7], out node)))
            && _words[2] == "safe" && TryNumber(_words[3], out safe) && _words[4] == "phases"
            && TryPhases(_words[5], out mask, out PhaseOrder[member]);
        if (!isGood || node >= NodeCount)
        {
            return "member NUMBER safe MILLIAMPS phases 1|2|3|123|231|312|132|213|321 [node NODE] was expected, with "
                + "a node named before";
        }

        if (_hasMember[member])
        {
            return "member " + _words[1] + " is named twice";
        }

        if (safe != 0 && safe < Connectors.MilliampsMin)
        {
            return "a safe current is 0 or at least 6000 mA";
        }

        _hasMember[member] = true;
        _safe[member] = safe;
        PhaseMask[member] = (byte)mask;
        Node[member] = (byte)node;
        MemberCount++;
        return null;
    }

    // meter mains|others reserve 40000
    private string TakeMeter()
    {
        MeterPlace = _wordCount < 2 ? MeterNone
            : _words[1] == "mains" ? MeterMains : _words[1] == "others" ? MeterOthers : MeterNone;
        bool isGood = MeterPlace != MeterNone && _wordCount == 4 && _words[2] == "reserve"
            && TryNumber(_words[3], out int reserve);
        OtherMilliampsMax = isGood ? ValueOf(_words[3]) : 0;
        return isGood ? null : "meter mains|others reserve MILLIAMPS was expected";
    }

    // transformer 400 ambient 30 [indoors]
    private string TakeTransformer()
    {
        IsTransformerIndoors = _wordCount == 5 && _words[4] == "indoors";
        int ambient = 0;
        bool isGood = (_wordCount == 4 || IsTransformerIndoors) && _words[2] == "ambient"
            && TryNumber(_words[1], out int kilovoltAmperes) && kilovoltAmperes >= 1
            && kilovoltAmperes <= KilovoltAmperesMax && TryNumber(_words[3], out ambient)
            && ambient <= AmbientCelsiusMax;
        TransformerKilovoltAmperes = isGood ? ValueOf(_words[1]) : 0;
        AmbientCelsius = ambient;
        return isGood ? null
            : "transformer KVA ambient CELSIUS [indoors] was expected: 1 to 100000 kVA, 0 to 60 C";
    }

    // droop 5 from 200
    private string TakeDroop()
    {
        int start = 0;
        bool isGood = _wordCount == 4 && _words[2] == "from" && TryNumber(_words[1], out int percent)
            && percent >= 1 && percent <= DroopPercentMax && TryNumber(_words[3], out start)
            && start >= 1 && start <= DroopStartMillihertzMax;
        DroopPercent = isGood ? ValueOf(_words[1]) : 0;
        DroopStartMillihertz = start;
        return isGood ? null : "droop PERCENT from MILLIHERTZ was expected: 1 to 12 %, 1 to 2000 mHz below nominal";
    }

    // used 2890 on 2026-11-28
    private string TakeUsed()
    {
        int day = 0;
        bool isGood = _wordCount == 4 && _words[2] == "on" && TryNumber(_words[1], out int kilowattHours)
            && TryDate(_words[3], out day);
        UsedDay = day;
        UsedWattHours = isGood ? ValueOf(_words[1]) * 1000L : 0;
        return isGood ? null
            : "used KWH on YYYY-MM-DD was expected: 0 to 4000000 kWh of the tier period on a day from 2000 to 2099";
    }

    private string Finish()
    {
        if ((Topic == "") == (Line == ""))
        {
            return "either a topic or a line is needed";
        }

        if (!_hasKey)
        {
            return "a key is needed, as in the chargers: key and 32 hexadecimal digits, or key none";
        }

        if (LimitMilliamps[0] < 0 || MemberCount == 0)
        {
            return "a limit and at least one member are needed";
        }

        if (TransformerKilovoltAmperes > 0 && MeterPlace != MeterMains)
        {
            return "a transformer is watched by a meter at the mains: meter mains reserve MILLIAMPS";
        }

        if (DroopPercent > 0 && MeterPlace == MeterNone)
        {
            return "a droop needs a meter that tells the frequency: meter mains|others reserve MILLIAMPS";
        }

        SafeMilliamps = new int[MemberCount];
        int siteMask = Phases == 1 ? 1 : 7;
        for (int i = 0; i < MemberCount; i++)
        {
            if (!_hasMember[i] || (PhaseMask[i] & ~siteMask) != 0)
            {
                return "member " + i.ToString()
                    + (_hasMember[i] ? " is on a phase that the site has not" : " is missing: they count on from 0");
            }

            SafeMilliamps[i] = _safe[i];
        }

        if (UnbalanceMilliamps > 0 && Phases == 1)
        {
            return "unbalance needs a site of 3 phases";
        }

        for (int node = 0; node < NodeCount; node++)
        {
            SumMilliamps[node] = SumMilliamps[node] == 0 ? int.MaxValue : SumMilliamps[node];
        }

        return SafeProblem();
    }

    // Without a leader all draw their safe currents at once, and the building what it likes.
    private string SafeProblem()
    {
        LimitTree tree = new LimitTree(NodeCount);
        Fill(tree);
        for (int phase = 0; phase < Phases; phase++)
        {
            tree.SetOtherLoad(0, phase, OtherMilliampsMax);
        }

        tree.Reset();
        for (int i = 0; i < MemberCount; i++)
        {
            if (tree.Headroom(Node[i], PhaseMask[i]) < _safe[i])
            {
                return "the safe currents up to member " + i.ToString() + " together exceed a limit of node "
                    + Node[i].ToString()
                    + " or above it: without a leader all are drawn at once"
                    + (OtherMilliampsMax > 0 ? ", beside the meter's reserve" : "");
            }

            tree.Take(Node[i], PhaseMask[i], _safe[i]);
        }

        return null;
    }
}
