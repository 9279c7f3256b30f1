using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MeterFirmware.Boards.ChargerDevice;
using MeterFirmware.Boards.MeterDevice;
using MeterFirmware.Boards.Sensors.Ade7880;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.Sensors.Ade9000;
using MeterFirmware.Boards.Sensors.Atm90e32;
using MeterFirmware.Boards.Sensors.Bl0942;
using MeterFirmware.Boards.Sensors.Cse7766;
using MeterFirmware.Boards.Sensors.Hlw8012;
using MeterFirmware.Boards.Sensors.Ina219;
using MeterFirmware.Boards.Sensors.Ina226;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.SiteController;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>Checks a settings.json as the board itself will: by its classes of settings and its chips'
/// makers.</summary>
internal static class BoardRules
{
    /// <summary>As the board reads it (boards/Device, BoardSettingsFile).</summary>
    private const int BytesMax = 2048;

    private static readonly JsonSerializerOptions _read = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The file's bytes; <see cref="InputException"/> when the board would refuse it.</summary>
    /// <param name="source">For messages: where members came from.</param>
    public static byte[] Check(string source, BoardKind board, JsonObject members)
    {
        byte[] bytes = Bytes(members);
        ReadSettings(source, board, bytes);
        return bytes;
    }

    /// <summary>What a settings.json says; <see cref="InputException"/> when the board would refuse it.</summary>
    public static BoardSettings ReadSettings(string source, BoardKind board, byte[] bytes)
    {
        BoardSettings settings = Read<BoardSettings>(source, bytes, "settings.json (boards/Device/README.md)");
        string? problem = settings.FirstProblem(SensorsOf(board))
            ?? (board.Product == "meter" ? MeterSettingsRules.FirstProblem(settings) : null)
            ?? TooLong(bytes, BytesMax);
        return problem is null ? settings : throw new InputException($"{source}: settings.json: {problem}");
    }

    /// <summary>The bytes of a charger.json; <see cref="InputException"/> when the board would refuse it.</summary>
    public static byte[] CheckCharger(string source, JsonObject members, TextFileSource files)
    {
        byte[] bytes = Bytes(members);
        ReadCharger(source, bytes, files);
        return bytes;
    }

    /// <summary>What a charger.json says; <see cref="InputException"/> when the board would refuse it.</summary>
    /// <param name="files">Reads the data files of Modbus meters.</param>
    public static ChargerSettings ReadCharger(string source, byte[] bytes, TextFileSource files)
    {
        ChargerSettings settings = Read<ChargerSettings>(source, bytes,
            "charger.json (boards/ChargerDevice/README.md)");
        string? problem = settings.FirstProblem(files) ?? TooLong(bytes, ChargerSettings.BytesMax);
        return problem is null ? settings : throw new InputException($"{source}: charger.json: {problem}");
    }

    /// <summary>What a site.txt says; <see cref="InputException"/> when the board would refuse it.</summary>
    public static SiteSettings ReadSite(string source, byte[] text) =>
        SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error) ? settings
            : throw new InputException($"{source}: site.txt: {error}");

    private static byte[] Bytes(JsonObject members) => Encoding.UTF8.GetBytes(
        members.ToJsonString(new() { Encoder = Encoder, WriteIndented = true }) + "\n");

    private static string? TooLong(byte[] bytes, int most) =>
        bytes.Length > most ? $"{bytes.Length} bytes; a board reads at most {most}" : null;

    private static T Read<T>(string source, byte[] bytes, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, _read)
                ?? throw new InputException($"{source}: no object: {file}");
        }
        catch (JsonException e)
        {
            int paren = file.IndexOf(' ');
            throw new InputException($"{source}: {Place(e)}: no member of {file[..paren]}, or a value of another kind "
                + $"than it takes{file[paren..]}");
        }
    }

    private static System.Text.Encodings.Web.JavaScriptEncoder Encoder =>
        System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static string Place(JsonException e)
    {
        // An unknown member is told in the message only: "The JSON property 'x' could not be mapped …".
        string[] quoted = e.Message.Split('\'');
        return e.Path is null or "$" && quoted.Length > 2 ? quoted[1] : (e.Path ?? "$").TrimStart('$', '.');
    }

    /// <summary>Makers without a bus: they are asked, and make nothing.</summary>
    private static SensorTable SensorsOf(BoardKind board)
    {
        SensorTable sensors = new();
        foreach (string chip in board.Chips)
        {
            sensors.Add(chip, chip switch
            {
                "ade7880" => new Ade7880Maker([null!]),
                "ade7953" => new Ade7953Maker([null!]),
                "ade9000" => new Ade9000Maker([null!]),
                "atm90e32" => new Atm90e32Maker([null!]),
                "bl0942" => new Bl0942Maker([null!]),
                "cse7766" or "hlw8032" => new Cse7766Maker(null!, chip == "hlw8032"),
                "hlw8012" or "bl0937" => new Hlw8012Maker(null!, null!, null!, chip == "bl0937"),

                // The package's driver looks at as much of the settings as ours: at nothing.
                "ina219" or "ina219-binding" => new Ina219Maker(null!),
                "ina226" => new Ina226Maker(null!),
                _ => throw new InvalidOperationException($"{board.Name}: no maker of {chip}"),
            });
        }

        return sensors;
    }
}
