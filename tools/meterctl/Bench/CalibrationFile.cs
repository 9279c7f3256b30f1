using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MeterFirmware.Calibration;
using MeterFirmware.SmartMeter;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>A calibration record as a file: JSON to read, change and send, or the bytes that a board takes as
/// calibration.bin.</summary>
public static class CalibrationFile
{
    private static readonly JsonSerializerOptions _strict = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a JSON file and checks it as a meter does, but for what only the meter knows: its channels and
    /// class.</summary>
    /// <param name="path">File that <see cref="Write"/> made.</param>
    /// <param name="nowUtcSeconds">Today; 0: the dates are not compared with it.</param>
    /// <returns>The record. <see cref="InputException"/>: file, line, field and what was expected.</returns>
    public static CalibrationRecord Load(string path, long nowUtcSeconds)
    {
        try
        {
            Document document = JsonSerializer.Deserialize<Document>(File.ReadAllBytes(path), _strict)
                ?? throw new InputException($"{path}: a JSON object was expected");
            CalibrationRecord record = ToRecord(path, document);
            int channels = record.Get(record.RowCount - 1, CalibrationRecord.Channel) + 1;
            return CalibrationRules.FindProblem(record, channels, int.MaxValue, true, nowUtcSeconds) is string expected
                ? throw new InputException($"{path}: expected {expected}") : record;
        }
        catch (JsonException e)
        {
            string message = e.Message.Split(" Path: ")[0];
            message = !message.Contains("could not be converted") ? message : e.Path switch
            {
                "$" => "an object was expected",
                "$.rows" => "a list of rows was expected",
                "$.uncertaintyMillionths" => "a whole number was expected",
                "$.simulated" => "true or false was expected",
                { } row when row.StartsWith("$.rows[", StringComparison.Ordinal) => "a whole number was expected",
                _ => "a text was expected",
            };
            throw new InputException($"{path}: line {(e.LineNumber ?? 0) + 1}: {e.Path}: {message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    /// <summary>The record as a meter stores it.</summary>
    public static byte[] Bytes(CalibrationRecord record)
    {
        byte[] bytes = new byte[CalibrationRecord.PayloadBytesMax];
        return bytes[..record.Write(bytes, 0)];
    }

    /// <summary>Writes JSON, or bytes when the name ends in .bin.</summary>
    public static void Write(string path, CalibrationRecord record) => OutputFile.Write("--out", path,
        path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) ? Bytes(record)
            : Encoding.UTF8.GetBytes(ToJson(record).ToJsonString(_indented) + "\n"));

    private static JsonObject ToJson(CalibrationRecord record)
    {
        JsonObject json = Members(record);
        if (record.IsSimulated)
        {
            json.Insert(0, "simulated", true);
        }

        return json;
    }

    private static JsonObject Members(CalibrationRecord record) => new()
    {
        ["operator"] = Encoding.UTF8.GetString(record.Operator),
        ["instrument"] = Encoding.UTF8.GetString(record.Instrument),
        ["certificate"] = Encoding.UTF8.GetString(record.Certificate),
        ["date"] = Date(record.UtcSeconds),
        ["due"] = Date(record.DueUtcSeconds),
        ["uncertaintyMillionths"] = record.UncertaintyMillionths,
        ["rows"] = new JsonArray([.. Enumerable.Range(0, record.RowCount).Select(row => (JsonNode)new JsonObject(
            Enumerable.Range(0, CalibrationRecord.ColumnCount).Select(column =>
                KeyValuePair.Create(MeterCalibration.NameOf(column), (JsonNode?)record.Get(row, column)))))]),
    };

    private static CalibrationRecord ToRecord(string path, Document document)
    {
        if (document.Rows.Length is < 1 or > CalibrationRecord.RowCountMax)
        {
            throw new InputException($"{path}: $.rows: 1 to {CalibrationRecord.RowCountMax} rows were expected");
        }

        CalibrationRecord record = new()
        {
            Operator = Encoding.UTF8.GetBytes(document.Operator),
            Instrument = Encoding.UTF8.GetBytes(document.Instrument),
            Certificate = Encoding.UTF8.GetBytes(document.Certificate),
            UtcSeconds = Day(path, "date", document.Date),
            DueUtcSeconds = Day(path, "due", document.Due),
            UncertaintyMillionths = document.UncertaintyMillionths,
            RowCount = document.Rows.Length,
            IsSimulated = document.Simulated,
        };
        string[] names = [.. Enumerable.Range(0, CalibrationRecord.ColumnCount).Select(MeterCalibration.NameOf)];
        for (int row = 0; row < document.Rows.Length; row++)
        {
            Dictionary<string, int> values = document.Rows[row];
            if (values.Keys.Except(names).FirstOrDefault() is string unknown)
            {
                throw new InputException(
                    $"{path}: $.rows[{row}].{unknown}: no such member; expected {string.Join(", ", names)}");
            }

            for (int column = 0; column < names.Length; column++)
            {
                record.Set(row, column, values.TryGetValue(names[column], out int value) ? value
                    : throw new InputException(
                        $"{path}: $.rows[{row}].{names[column]}: missing, a whole number was expected"));
            }
        }

        return record;
    }

    /// <summary>Seconds of a day's beginning, UTC.</summary>
    public static long Day(string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime day)
            ? new DateTimeOffset(day).ToUnixTimeSeconds()
            : throw new InputException($"\"{text}\" is not a day such as 2026-03-01");

    public static string Date(long utcSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(utcSeconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Day(string path, string member, string text)
    {
        try
        {
            return Day(text);
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: $.{member}: {e.Message}");
        }
    }

    private sealed record Document(string Operator, string Instrument, string Certificate, string Date, string Due,
        int UncertaintyMillionths, Dictionary<string, int>[] Rows, bool Simulated = false);
}
