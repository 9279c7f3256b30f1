using System.Text;
using System.Text.Json;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A JSON file whose values know their lines. What is not as expected is one error that names file, line,
/// field and what was expected.</summary>
public sealed class DataFile
{
    private readonly string _path;

    private DataFile(string path, DataValue root)
    {
        _path = path;
        Root = root;
    }

    public DataValue Root { get; }

    public static DataFile Parse(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader reader = new(bytes);
        try
        {
            reader.Read();
            DataFile file = new(path, Read(path, ref reader, bytes));
            reader.Read();
            return file;
        }
        catch (JsonException e)
        {
            throw new CatalogueException($"{path}:{e.LineNumber + 1}: JSON was expected: {e.Message}");
        }
    }

    /// <summary>Every member of an object must be one of these; what is no object is refused.</summary>
    public void Allow(DataValue value, string field, params string[] names)
    {
        Require(value.Value is List<DataMember>, value.Line, field,
            $"an object of {string.Join(", ", names)} was expected");
        foreach (DataMember member in value.Members)
        {
            Require(names.Contains(member.Name), member.Value.Line, member.Name,
                $"one of {string.Join(", ", names)} was expected in {field}");
        }
    }

    public string Text(DataValue owner, string name, string? otherwise = null) =>
        Get<string>(owner, name, "a text", otherwise);

    /// <summary>The values of a list; none where it is not there.</summary>
    public IReadOnlyList<DataValue> Items(DataValue owner, string name) =>
        owner.Find(name) == null ? [] : Get<List<DataValue>>(owner, name, "a list", null);

    /// <summary>The members of an object; none where it is not there.</summary>
    public IReadOnlyList<DataMember> Members(DataValue owner, string name) =>
        owner.Find(name) == null ? [] : Get<List<DataMember>>(owner, name, "an object", null);

    public bool Flag(DataValue owner, string name) =>
        owner.Find(name) != null && Get<bool>(owner, name, "true or false", null);

    public int Number(DataValue owner, string name, int least, int most, int? otherwise = null)
    {
        if (otherwise is int value && owner.Find(name) == null)
        {
            return value;
        }

        long number = Get<object>(owner, name, $"{least} to {most}", null) is long found ? found : long.MinValue;
        Require(number >= least && number <= most, owner.Find(name)!.Line, name, $"{least} to {most} was expected");
        return (int)number;
    }

    public void Require(bool holds, int line, string field, string message)
    {
        if (!holds)
        {
            throw new CatalogueException($"{_path}:{line}: {field}: {message}");
        }
    }

    private T Get<T>(DataValue owner, string name, string expected, object? otherwise)
    {
        DataValue? value = owner.Find(name);
        object? found = value == null ? otherwise : value.Value;
        Require(found is T, value?.Line ?? owner.Line, name, $"{expected} was expected");
        return (T)found!;
    }

    private static DataValue Read(string path, ref Utf8JsonReader reader, byte[] bytes)
    {
        int line = LineOf(reader, bytes);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                List<DataMember> members = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    int nameLine = LineOf(reader, bytes);
                    string name = TextOf(path, nameLine, reader);
                    if (members.FirstOrDefault(member => member.Name == name) is DataMember twin)
                    {
                        throw new CatalogueException(
                            $"{path}:{nameLine}: {name}: stands in line {twin.Value.Line} already, and may stand once");
                    }

                    reader.Read();
                    members.Add(new DataMember(name, Read(path, ref reader, bytes)));
                }

                return new DataValue(line, members);
            case JsonTokenType.StartArray:
                List<DataValue> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(path, ref reader, bytes));
                }

                return new DataValue(line, items);
            case JsonTokenType.String:
                return new DataValue(line, TextOf(path, line, reader));
            case JsonTokenType.True or JsonTokenType.False:
                return new DataValue(line, reader.GetBoolean());
            case JsonTokenType.Number when reader.TryGetInt64(out long number):
                return new DataValue(line, number);
            default:
                throw new CatalogueException($"{path}:{line}: a text, a whole number, true or false was expected");
        }
    }

    private static int LineOf(Utf8JsonReader reader, byte[] bytes) =>
        1 + bytes.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');

    private static string TextOf(string path, int line, Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new CatalogueException($"{path}:{line}: half a character (\\u) stands in a text");
        }
    }
}
