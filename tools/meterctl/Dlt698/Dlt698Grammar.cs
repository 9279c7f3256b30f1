namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>The messages (APDUs) of DL/T 698.45-2017 as rules.</summary>
public static class Dlt698Grammar
{
    public static readonly FixedRule Oad = new(4, Dlt698Look.Oad);
    public static readonly FixedRule Omd = new(4, Dlt698Look.Omd);
    public static readonly FixedRule Dar = new(1, Dlt698Look.Dar);

    private static readonly FixedRule _u8 = new(1, Dlt698Look.Unsigned);
    private static readonly FixedRule _u16 = new(2, Dlt698Look.Unsigned);
    private static readonly FixedRule _u32 = new(4, Dlt698Look.Unsigned);
    private static readonly FixedRule _time = new(10, Dlt698Look.DateTime);
    private static readonly FixedRule _seconds = new(7, Dlt698Look.DateTimeSeconds);
    private static readonly FixedRule _interval = new(3, Dlt698Look.Interval);
    private static readonly FixedRule _nothing = new(0, Dlt698Look.Nothing);
    private static readonly OctetsRule _octets = new();
    private static readonly OctetsRule _text = new(Dlt698Look.Text);

    public static readonly ChoiceRule Data = new(DataTypes);

    private static readonly SequenceRule _road = new(("object", Oad), ("columns", new ListRule("column", () => Oad)));
    private static readonly ChoiceRule _csd = Choice((0, "object", Oad), (1, "record", _road));

    public static readonly ListRule Rcsd = new("column", () => _csd);

    private static readonly SequenceRule _region = new(("bounds", _u8), ("from", Data), ("to", Data));
    private static readonly ChoiceRule _meters = Choice(
        (0, "none", _nothing), (1, "all", _nothing), (2, "kinds", new ListRule("kind", () => _u8)),
        (3, "addresses", new ListRule("address", () => _octets)), (4, "numbers", new ListRule("number", () => _u16)),
        (5, "ranges of kinds", new ListRule("range", () => _region)),
        (6, "ranges of addresses", new ListRule("range", () => _region)),
        (7, "ranges of numbers", new ListRule("range", () => _region)));

    private static readonly SequenceRule _range = new(("object", Oad), ("from", Data), ("to", Data), ("interval",
        Data));
    private static readonly SequenceRule _span = new(
        ("from", _seconds), ("to", _seconds), ("interval", _interval), ("meters", _meters));

    private static readonly SequenceRule _moment = new(("time", _seconds), ("meters", _meters));
    private static readonly ChoiceRule _rsd = Choice(
        (0, "none", _nothing), (1, "value", new SequenceRule(("object", Oad), ("value", Data))), (2, "range", _range),
        (3, "ranges", new ListRule("range", () => _range)), (4, "start", _moment), (5, "stored", _moment),
        (6, "start range", _span), (7, "stored range", _span), (8, "success range", _span), (9, "last", _u8),
        (10, "last of meters", new SequenceRule(("count", _u8), ("meters", _meters))));

    private static readonly SequenceRule _line = new(
        ("baud", _u8), ("parity", _u8), ("data bits", _u8), ("stop bits", _u8), ("flow control", _u8));

    private static readonly SequenceRule _mac = new(("identifier", _u32), ("appendix", _octets), ("mac", _octets));

    private static readonly Dictionary<int, (string, Dlt698Rule?)> _dataTypes = new()
    {
        [0] = ("null", null),
        [1] = ("array", new ListRule("item", () => Data)),
        [2] = ("structure", new ListRule("field", () => Data)),
        [3] = ("bool", _u8),
        [4] = ("bits", new OctetsRule(Dlt698Look.Bits)),
        [5] = ("i32", new FixedRule(4, Dlt698Look.Signed)),
        [6] = ("u32", _u32),
        [9] = ("octets", _octets),
        [10] = ("text", _text),
        [12] = ("text", _text),
        [15] = ("i8", new FixedRule(1, Dlt698Look.Signed)),
        [16] = ("i16", new FixedRule(2, Dlt698Look.Signed)),
        [17] = ("u8", _u8),
        [18] = ("u16", _u16),
        [20] = ("i64", new FixedRule(8, Dlt698Look.Signed)),
        [21] = ("u64", new FixedRule(8, Dlt698Look.Unsigned)),
        [22] = ("enum", _u8),
        [23] = ("f32", new FixedRule(4, Dlt698Look.Float)),
        [24] = ("f64", new FixedRule(8, Dlt698Look.Float)),
        [25] = ("time", _time),
        [26] = ("date", new FixedRule(5, Dlt698Look.Date)),
        [27] = ("time of day", new FixedRule(3, Dlt698Look.Time)),
        [28] = ("time", _seconds),
        [80] = ("oi", new FixedRule(2)),
        [81] = ("oad", Oad),
        [82] = ("road", _road),
        [83] = ("omd", Omd),
        [84] = ("interval", _interval),
        [85] = ("address", _octets),
        [86] = ("mac", _octets),
        [87] = ("rn", _octets),
        [88] = ("region", _region),
        [89] = ("scale and unit", new FixedRule(2, Dlt698Look.ScalerUnit)),
        [90] = ("rsd", _rsd),
        [91] = ("csd", _csd),
        [92] = ("meters", _meters),
        [93] = ("sid", new SequenceRule(("id", _u32), ("data",
            _octets))),
        [94] = ("sid and mac", _mac),
        [95] = ("line", _line),
        [96] = ("rcsd", Rcsd),
    };

    private static readonly ChoiceRule _result = Choice((0, "error", Dar), (1, "data", Data));
    private static readonly ChoiceRule _optionalData = Choice((0, "none", null), (1, "data", Data));
    private static readonly SequenceRule _read = new(("object", Oad), ("result", _result));
    private static readonly SequenceRule _written = new(("object", Oad), ("error", Dar));
    private static readonly SequenceRule _done = new(("method", Omd), ("error", Dar), ("data", _optionalData));
    private static readonly RecordRule _record = new();
    private static readonly ListRule _reads = new("value", () => _read);
    private static readonly ListRule _records = new("record", () => _record);
    private static readonly SequenceRule _ask = new(("object", Oad), ("rows", _rsd), ("columns", Rcsd));

    private static readonly ChoiceRule _timeTag = Choice(
        (0, "none", null), (1, "tag", new SequenceRule(("sent", _seconds), ("allowed delay", _interval))));

    private static readonly ChoiceRule _follow = Choice(
        (0, "none", null), (1, "report", Choice((1, "values", _reads), (2, "records", _records))));

    private static readonly ChoiceRule _mechanism = Choice(
        (0, "none", _nothing), (1, "password", _text),
        (2, "symmetric", new SequenceRule(("cipher", _octets), ("signature", _octets))),
        (3, "signature", new SequenceRule(("cipher", _octets), ("signature", _octets))));

    private static readonly (string, Dlt698Rule)[] _agreed =
    [
        ("version", _u16), ("protocol conformance", new FixedRule(8)), ("function conformance", new FixedRule(16)),
        ("send bytes", _u16), ("receive bytes", _u16), ("window", _u8), ("message bytes", _u16), ("timeout s", _u32),
    ];

    private static readonly SequenceRule _connect = new([("piid", _u8), .. _agreed, ("mechanism", _mechanism)]);
    private static readonly SequenceRule _connected = new(
    [
        ("piid", _u8), ("maker", new FixedRule(4, Dlt698Look.Text)), ("software", new FixedRule(4, Dlt698Look.Text)),
        ("software date", new FixedRule(6, Dlt698Look.Text)), ("hardware", new FixedRule(4, Dlt698Look.Text)),
        ("hardware date", new FixedRule(6, Dlt698Look.Text)), ("extension", new FixedRule(8)), .. _agreed,
        ("result", _u8),
        ("security", Choice((0, "none", null), (1, "data", new SequenceRule(("rn", _octets), ("signature", _octets))))),
    ]);

    private static readonly ChoiceRule _protection = Choice(
        (0, "sid and mac", _mac), (1, "rn", _octets), (2, "rn and mac", new SequenceRule(("rn", _octets), ("mac",
            _octets))),
        (3, "sid", new SequenceRule(("identifier", _u32), ("appendix", _octets))));

    /// <summary>All messages; the tag is the service.</summary>
    public static readonly ChoiceRule Message = Choice(
        (0x01, "link request", Sequence(("kind", _u8), ("interval s", _u16), ("time", _time))),
        (0x81, "link response", Sequence(("result", _u8), ("asked", _time), ("received", _time), ("answered", _time))),
        (0x02, "connect request", Asked(_connect)),
        (0x82, "connect response", Answered(_connected)),
        (0x03, "release request", Asked(Sequence())),
        (0x83, "release response", Answered(Sequence(("result", _u8)))),
        (0x05, "get request", Asked(Choice(
            (1, "normal", Sequence(("object", Oad))), (2, "list", Sequence(("objects", new ListRule("object", ()
                => Oad)))),
            (3, "record", Sequence(("asked", _ask))), (4, "records", Sequence(("asked", new ListRule("asked", ()
                => _ask)))),
            (5, "next", Sequence(("block", _u16)))))),
        (0x85, "get response", Answered(Choice(
            (1, "normal", Sequence(("value", _read))), (2, "list", Sequence(("values", _reads))),
            (3, "record", Sequence(("record", _record))), (4, "records", Sequence(("records", _records))),
            (5, "next", Sequence(("is last", _u8), ("block", _u16),
                ("content", Choice((0, "error", Dar), (1, "values", _reads), (2, "records", _records)))))))),
        (0x06, "set request", Asked(Choice(
            (1, "normal", Sequence(("object", Oad), ("data", Data))),
            (2, "list", Sequence(("objects", new ListRule("object", () => new SequenceRule(("object", Oad), ("data",
                Data)))))),
            (3, "then get", Sequence(("objects", new ListRule("object", () => new SequenceRule(
                ("object", Oad), ("data", Data), ("read", Oad), ("delay s", _u8))))))))),
        (0x86, "set response", Answered(Choice(
            (1, "normal", Sequence(("value", _written))), (2, "list", Sequence(("values", new ListRule("value", ()
                => _written)))),
            (3, "then get", Sequence(("values", new ListRule("value", () => new SequenceRule(
                ("object", Oad), ("error", Dar), ("read", _read))))))))),
        (0x07, "action request", Asked(Choice(
            (1, "normal", Sequence(("method", Omd), ("data", Data))),
            (2, "list", Sequence(("methods", new ListRule("method", () => new SequenceRule(("method", Omd), ("data",
                Data)))))),
            (3, "then get", Sequence(("methods", new ListRule("method", () => new SequenceRule(
                ("method", Omd), ("data", Data), ("read", Oad), ("delay s", _u8))))))))),
        (0x87, "action response", Answered(Choice(
            (1, "normal", Sequence(("done", _done))), (2, "list", Sequence(("done", new ListRule("done", ()
                => _done)))),
            (3, "then get", Sequence(("done", new ListRule("done", () => new SequenceRule(
                ("done", _done), ("read", _read))))))))),
        (0x08, "report response", Asked(Choice(
            (1, "values", Sequence(("objects", new ListRule("object", () => Oad)))),
            (2, "records", Sequence(("objects", new ListRule("object", () => Oad)))), (3, "transparent", Sequence())))),
        (0x88, "report", Answered(Choice(
            (1, "values", Sequence(("values", _reads))), (2, "records", Sequence(("records", _records))),
            (3, "transparent", Sequence(("port", Oad), ("bytes", _octets)))))),
        (0x09, "proxy request", Asked(Choice(
            (7, "transparent", Sequence(("port", Oad), ("line", _line), ("wait ms", _u16), ("byte wait ms", _u16),
                ("bytes", _octets)))))),
        (0x89, "proxy response", Answered(Choice(
            (7, "transparent", Sequence(("port", Oad), ("result", Choice((0, "error", Dar), (1, "bytes",
                _octets)))))))),
        (0x6E, "error", Asked(Sequence(("reason", _u8)))),
        (0xEE, "error", Answered(Sequence(("reason", _u8)))),
        (0x10, "security request", new SequenceRule(
            ("message", Choice((0, "plain", _octets), (1, "cipher", _octets))), ("protection", _protection))),
        (0x90, "security response", new SequenceRule(
            ("message", Choice((0, "plain", _octets), (1, "cipher", _octets), (2, "error", Dar))),
            ("mac", Choice((0, "none", null), (1, "mac", Choice((0, "mac", _octets))))))));

    private static IReadOnlyDictionary<int, (string Name, Dlt698Rule? Rule)> DataTypes() => _dataTypes;

    public static Dlt698Node Parse(byte[] message)
    {
        Dlt698Cursor cursor = new(message);
        Dlt698Node node = Message.Parse(cursor, "message");
        return cursor.Left == 0 ? node
            : throw new AnswerException($"message: {cursor.Left} bytes are left behind its end at byte {cursor.At}");
    }

    private static ChoiceRule Choice(params (int Tag, string Name, Dlt698Rule? Rule)[] choices)
    {
        Dictionary<int, (string, Dlt698Rule?)> table = choices.ToDictionary(c => c.Tag, c => (c.Name, c.Rule));
        return new ChoiceRule(() => table);
    }

    /// <summary>PIID and parts.</summary>
    private static SequenceRule Sequence(params (string, Dlt698Rule)[] parts) => new([("piid", _u8), .. parts]);

    private static SequenceRule Asked(Dlt698Rule body) => new(("body", body), ("time tag", _timeTag));

    private static SequenceRule Answered(Dlt698Rule body) =>
        new(("body", body), ("follow report", _follow), ("time tag", _timeTag));
}
