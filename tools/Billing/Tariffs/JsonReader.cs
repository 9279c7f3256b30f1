using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>
/// Reads a small JSON file into <see cref="JsonValue"/>s: bounded in size and depth, strict UTF-8, a name twice in
/// one object is an error. What is no JSON is one error with line and column.
/// </summary>
internal sealed class JsonReader
{
    /// <summary>The largest file that the limits allow (63 names, 254 holidays, 8 × 14 periods) is far below.</summary>
    public const int BytesMax = 1024 * 1024;

    private const int DepthMax = 16;
    private static readonly JsonSerializerOptions _relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly byte[] _utf8;
    private readonly List<TariffProblem> _problems;

    private JsonReader(byte[] utf8, List<TariffProblem> problems)
    {
        _utf8 = utf8;
        _problems = problems;
    }

    public static string Quote(string text) => JsonSerializer.Serialize(text, _relaxed);

    /// <summary>Null when the bytes are no JSON document; the reason is then added to the problems.</summary>
    public static JsonValue? Read(byte[] utf8, List<TariffProblem> problems)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (utf8.AsSpan().StartsWith(mark))
        {
            utf8 = utf8[3..];
        }

        return new JsonReader(utf8, problems).ReadDocument();
    }

    /// <summary>Reads a file of at most <see cref="BytesMax"/> bytes; throws <see cref="InputException"/>.</summary>
    public static byte[] ReadFile(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            byte[] buffer = new byte[BytesMax + 1];
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= BytesMax
                ? buffer[..length]
                : throw new InputException($"{path}: larger than {BytesMax} bytes; that is no tariff file");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be read ({e.Message})");
        }
    }

    private JsonValue? ReadDocument()
    {
        Utf8JsonReader reader = new(_utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            Encoding.UTF8.GetCharCount(_utf8);
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(_utf8);
            reader.Read();
            JsonValue root = ReadValue(ref reader, "$");
            reader.Read();
            return root;
        }
        catch (DecoderFallbackException e)
        {
            AddAt(e.Index, "not UTF-8");
        }
        catch (JsonException e)
        {
            string message = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            AddAt(LineStart((int)(e.LineNumber ?? 0)) + (int)(e.BytePositionInLine ?? 0), $"not JSON: {message}");
        }
        catch (InvalidOperationException)
        {
            AddAt((int)reader.TokenStartIndex, "not JSON: a string with half a surrogate pair");
        }

        return null;
    }

    private JsonValue ReadValue(ref Utf8JsonReader reader, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, path);
            case JsonTokenType.StartArray:
                JsonValue array = new(JsonValueKind.Array, path);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Items.Add(ReadValue(ref reader, $"{path}[{array.Items.Count}]"));
                }

                return array;
            case JsonTokenType.String:
                return new JsonValue(JsonValueKind.String, path) { Text = reader.GetString()! };
            case JsonTokenType.Number:
                return new JsonValue(JsonValueKind.Number, path) { Text = Encoding.UTF8.GetString(reader.ValueSpan) };
            case JsonTokenType.Null:
                return new JsonValue(JsonValueKind.Null, path);
            case JsonTokenType.False:
                return new JsonValue(JsonValueKind.False, path);
            default:
                return new JsonValue(JsonValueKind.True, path);
        }
    }

    private JsonValue ReadObject(ref Utf8JsonReader reader, string path)
    {
        JsonValue value = new(JsonValueKind.Object, path);
        HashSet<string> names = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            string memberPath = JsonValue.MemberPath(path, name);
            int at = (int)reader.TokenStartIndex;
            reader.Read();
            JsonValue member = ReadValue(ref reader, memberPath);
            if (names.Add(name))
            {
                value.Members.Add(new(name, member));
            }
            else
            {
                _problems.Add(new TariffProblem(memberPath,
                    $"given twice, the second time in line {Position(at).Line}"));
            }
        }

        return value;
    }

    private void AddAt(int offset, string message)
    {
        (int line, int column) = Position(offset);
        _problems.Clear();
        _problems.Add(new TariffProblem($"{line}:{column}", message));
    }

    private (int Line, int Column) Position(int offset)
    {
        ReadOnlySpan<byte> before = _utf8.AsSpan(0, Math.Clamp(offset, 0, _utf8.Length));
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private int LineStart(int line)
    {
        int at = 0;
        for (; line > 0; line--)
        {
            at = Array.IndexOf(_utf8, (byte)'\n', at) + 1;
        }

        return at;
    }
}
