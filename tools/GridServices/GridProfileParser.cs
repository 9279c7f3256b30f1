using System.Globalization;
using System.Text.Json;
using MeterFirmware.Grid;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.GridServices;

/// <summary>Reads a profile's document (firmware/Grid/README.md, "The document"); everything wrong is reported with its
/// path.</summary>
internal sealed class GridProfileParser
{
    private static readonly string[] _required =
    [
        "name", "title", "nominalVolts", "nominalHertz", "voltageIn", "trip", "missing", "frequencyFrom", "return",
    ];

    private static readonly string[] _optional =
        ["uncertain", "stay", "cease", "mean", "frequencyWatt", "voltWatt", "loadVoltWatt", "voltVar"];

    private readonly GridProfileDocument _document = new();
    private readonly TariffFields _fields;
    private decimal _volts = 1;
    private decimal _hertz;

    private GridProfileParser(List<TariffProblem> problems) => _fields = new TariffFields(problems);

    /// <summary>Null when it is no such document; else what could be read of it.</summary>
    public static GridProfileDocument? Parse(byte[] utf8, List<TariffProblem> problems)
    {
        JsonValue? root = JsonReader.Read(utf8, problems);
        GridProfileParser parser = new(problems);
        if (root is null || !parser._fields.IsObject(root, _required, _optional) || problems.Count > 0)
        {
            return null;
        }

        parser.Head(root);
        if (problems.Count == 0)
        {
            parser.Body(root);
            parser.CheckStays(root.Find("trip")!);
        }

        return parser._document;
    }

    private void Head(JsonValue root)
    {
        JsonValue name = root.Find("name")!;
        _document.Name = _fields.IsName(name, GridProfile.NameBytesMax) ? name.Text : "";
        JsonValue title = root.Find("title")!;
        _document.Title = _fields.IsName(title, 200) ? title.Text : "";
        foreach (JsonValue note in ItemsOf(root, "uncertain"))
        {
            _document.Uncertain.Add(_fields.IsName(note, 200) ? note.Text : "");
        }

        decimal volts = Number(root, "nominalVolts", 50, 500);
        _hertz = Number(root, "nominalHertz", 45, 65);
        Set(GridField.NominalMillivolts, volts * 1000);
        Set(GridField.NominalMillihertz, _hertz * 1000);
        JsonValue unit = root.Find("voltageIn")!;
        int index = _fields.Resolve(unit, "unit", ["pu", "V"]);
        _volts = index == 1 && volts > 0 ? volts : 1;
    }

    private void Body(JsonValue root)
    {
        foreach (JsonValue stay in ItemsOf(root, "stay"))
        {
            Stay(stay);
        }

        foreach (JsonValue rule in ItemsOf(root, "trip"))
        {
            Rule(rule);
        }

        foreach (JsonValue cease in ItemsOf(root, "cease"))
        {
            if (_fields.IsObject(cease, ["kind", "beyond"], []))
            {
                int kind = Kind(cease, 2);
                _document.Ceases.Add([kind, Limit(cease, "beyond", kind)]);
            }
        }

        Set(GridField.FrequencyFromPpm, Number(root, "frequencyFrom", 0, 1) * 1_000_000);
        Part(root, "missing", ["ceaseSeconds", "tripSeconds"], missing =>
        {
            Seconds(missing, "ceaseSeconds", GridField.MissingCeaseMs);
            Seconds(missing, "tripSeconds", GridField.MissingTripMs);
        });
        Set(GridField.MeanStepMs, 3000);
        Part(root, "mean", ["beyond", "seconds", "stepSeconds"], mean =>
        {
            Set(GridField.MeanLimitPpm, Limit(mean, "beyond", TripKind.OverVoltage));
            Seconds(mean, "seconds", GridField.MeanWindowMs);
            Seconds(mean, "stepSeconds", GridField.MeanStepMs);
        });
        Part(root, "return", ["volts", "hertz", "waitSeconds", "rampSeconds", "randomSecondsMax",
            "randomBelowVoltAmperes"], Return);
        Part(root, "frequencyWatt", ["over", "under", "delaySeconds", "responseSeconds", "recoveryPercentPerSecond"],
            FrequencyWatt);
        Part(root, "voltWatt", ["full", "none", "responseSeconds"], curve =>
        {
            Set(GridField.VoltWattFullPpm, Limit(curve, "full", TripKind.OverVoltage));
            Set(GridField.VoltWattNonePpm, Limit(curve, "none", TripKind.OverVoltage));
            Seconds(curve, "responseSeconds", GridField.VoltWattResponseMs);
        });
        Part(root, "loadVoltWatt", ["full", "none"], curve =>
        {
            Set(GridField.LoadFullPpm, Limit(curve, "full", TripKind.UnderVoltage));
            Set(GridField.LoadNonePpm, Limit(curve, "none", TripKind.UnderVoltage));
        });
        Part(root, "voltVar", ["volts", "percent", "responseSeconds", "isFirst"], VoltVar);
    }

    private void Return(JsonValue part)
    {
        List<JsonValue> volts = Items(part, "volts", 2);
        List<JsonValue> hertz = Items(part, "hertz", 2);
        for (int i = 0; i < 2; i++)
        {
            Set(GridField.ReturnLowPpm + i, i < volts.Count ? Ppm(volts[i]) : 0);
            Set(GridField.ReturnLowMillihertz + i, i < hertz.Count ? Offset(hertz[i]) : 0);
        }

        Seconds(part, "waitSeconds", GridField.ReturnWaitMs);
        Seconds(part, "rampSeconds", GridField.ReturnRampMs);
        Seconds(part, "randomSecondsMax", GridField.RandomMsMax);
        Set(GridField.RandomVoltAmperesMax, Number(part, "randomBelowVoltAmperes", 0, int.MaxValue));
    }

    private void FrequencyWatt(JsonValue part)
    {
        Part(part, "over", ["fromHertz", "droop"], over =>
        {
            Set(GridField.OverStartMillihertz, Limit(over, "fromHertz", TripKind.OverFrequency));
            Set(GridField.OverDroopPpm, Number(over, "droop", 0.001m, 1) * 1_000_000);
        });
        Part(part, "under", ["fromHertz", "droop"], under =>
        {
            Set(GridField.UnderStartMillihertz, -Limit(under, "fromHertz", TripKind.UnderFrequency));
            Set(GridField.UnderDroopPpm, Number(under, "droop", 0.001m, 1) * 1_000_000);
        });
        Seconds(part, "delaySeconds", GridField.FrequencyDelayMs);
        Seconds(part, "responseSeconds", GridField.FrequencyResponseMs);
        Set(GridField.RecoveryPpmPerSecond, Number(part, "recoveryPercentPerSecond", 0, 100) * 10_000);
    }

    private void VoltVar(JsonValue part)
    {
        List<JsonValue> volts = Items(part, "volts", 4);
        List<JsonValue> percents = Items(part, "percent", 4);
        for (int i = 0; i < 4; i++)
        {
            Set(GridField.VarVoltsPpm + i, i < volts.Count ? Ppm(volts[i]) : 0);
            Set(GridField.VarPpm + i, i < percents.Count ? NumberOf(percents[i], -100, 100) * 10_000 : 0);
        }

        Seconds(part, "responseSeconds", GridField.VarResponseMs);
        JsonValue? first = part.Find("isFirst");
        bool isBoolean = first?.Kind is JsonValueKind.True or JsonValueKind.False;
        if (first is not null && !isBoolean)
        {
            _fields.Add(first, $"expected true or false, found {first.KindName}");
        }

        Set(GridField.IsVarFirst, first?.Kind == JsonValueKind.True ? 1 : 0);
    }

    private void Rule(JsonValue rule)
    {
        if (!_fields.IsObject(rule, ["kind", "beyond", "seconds"], ["secondsPerPu", "slopeFrom"]))
        {
            return;
        }

        int kind = Kind(rule, TripKind.RuleCount);
        _document.Rules.Add([kind, Limit(rule, "beyond", kind), Ms(rule, "seconds"), .. Slope(rule)]);
    }

    private void Stay(JsonValue stay)
    {
        if (!_fields.IsObject(stay, ["kind", "beyond", "until", "seconds"], ["secondsPerPu", "slopeFrom"]))
        {
            return;
        }

        int kind = Kind(stay, TripKind.RuleCount);
        int[] slope = Slope(stay);
        _document.Stays.Add(new StayWindow(kind, Limit(stay, "beyond", kind), Limit(stay, "until", kind),
            Ms(stay, "seconds"), slope[0], slope[1]));
    }

    private int[] Slope(JsonValue part) => part.Find("secondsPerPu") is null ? [0, 0]
        : [Ms(part, "secondsPerPu"), part.Find("slopeFrom") is JsonValue from ? Ppm(from) : 0];

    private int Kind(JsonValue part, int count) => part.Find("kind") is not JsonValue kind ? 0
        : Math.Max(0, _fields.Resolve(kind, "kind", [.. Enumerable.Range(0, count).Select(TripKind.NameOf)]));

    /// <summary>No rule may trip where the document says that the unit stays: looked at on both edges of what they
    /// share and where a slope begins between them, for both times are straight lines from one to the next.</summary>
    private void CheckStays(JsonValue trip)
    {
        for (int i = 0; i < _document.Rules.Count; i++)
        {
            int[] rule = _document.Rules[i];
            foreach (StayWindow stay in _document.Stays.Where(stay => stay.Kind == rule[0]))
            {
                bool isUnder = stay.Kind is TripKind.UnderVoltage or TripKind.UnderFrequency;
                int edge = isUnder ? Math.Min(stay.Beyond, rule[1]) : Math.Max(stay.Beyond, rule[1]);
                bool isShared = isUnder ? edge > stay.Until : edge < stay.Until;
                int low = Math.Min(edge, stay.Until);
                int high = Math.Max(edge, stay.Until);
                if (isShared && (IsSooner(rule, stay, edge) || IsSooner(rule, stay, stay.Until)
                    || IsSooner(rule, stay, Math.Clamp(rule[4], low, high))
                    || IsSooner(rule, stay, Math.Clamp(stay.SlopeFrom, low, high))))
                {
                    _fields.Add(trip.Items[i], $"trips within a time to stay ({TripKind.NameOf(stay.Kind)})");
                }
            }
        }
    }

    private static bool IsSooner(int[] rule, StayWindow stay, int at) =>
        rule[2] + Math.Max(0, at - rule[4]) / 1e6 * rule[3] < stay.MsAt(at) - 1e-6;

    private void Part(JsonValue parent, string name, string[] members, Action<JsonValue> read)
    {
        if (parent.Find(name) is JsonValue part && _fields.IsObject(part, members, []))
        {
            read(part);
        }
    }

    private List<JsonValue> ItemsOf(JsonValue parent, string name) =>
        parent.Find(name) is JsonValue list && _fields.IsKind(list, JsonValueKind.Array, "an array") ? list.Items : [];

    private List<JsonValue> Items(JsonValue parent, string name, int count)
    {
        List<JsonValue> items = ItemsOf(parent, name);
        if (parent.Find(name) is JsonValue list && list.Kind == JsonValueKind.Array && items.Count != count)
        {
            _fields.Add(list, $"{items.Count} numbers; {count} were expected");
        }

        return items;
    }

    private int Limit(JsonValue part, string name, int kind) => part.Find(name) is not JsonValue value ? 0
        : kind is TripKind.UnderFrequency or TripKind.OverFrequency ? Offset(value) : Ppm(value);

    private int Ppm(JsonValue value) => Whole(NumberOf(value, 0, 2 * _volts) / _volts * 1_000_000);

    private int Offset(JsonValue value) => Whole((NumberOf(value, _hertz - 20, _hertz + 20) - _hertz) * 1000);

    private void Seconds(JsonValue part, string name, int field) => Set(field, Ms(part, name));

    private int Ms(JsonValue part, string name) => Whole(Number(part, name, 0, 3600) * 1000);

    private void Set(int field, decimal value) => _document.Fields[field] = Whole(value);

    private static int Whole(decimal value) => (int)Math.Round(value, MidpointRounding.AwayFromZero);

    private decimal Number(JsonValue part, string name, decimal least, decimal most) =>
        part.Find(name) is JsonValue value ? NumberOf(value, least, most) : least;

    private decimal NumberOf(JsonValue value, decimal least, decimal most)
    {
        if (!_fields.IsKind(value, JsonValueKind.Number, "a number"))
        {
            return least;
        }

        if (!NumberText.TryRead(value.Text, out decimal number) || number < least || number > most)
        {
            _fields.Add(value, string.Create(CultureInfo.InvariantCulture,
                $"{value.Text} is out of range; expected {least} to {most}"));
            return least;
        }

        return number;
    }
}
