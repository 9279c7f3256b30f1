using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
        string text = members.ToJsonString(new() { Encoder = Encoder, WriteIndented = true });
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        BoardSettings settings;
        try
        {
            settings = JsonSerializer.Deserialize<BoardSettings>(text, _read)!;
        }
        catch (JsonException e)
        {
            throw new InputException($"{source}: {Place(e)}: no member of settings.json, or a value of another kind "
                + "than it takes (boards/Device/README.md)");
        }

        SensorTable sensors = SensorsOf(board);
        string? problem = settings.FirstProblem(sensors) ?? MeterSettingsRules.FirstProblem(settings)
            ?? (bytes.Length > BytesMax ? $"{bytes.Length} bytes; a board reads at most {BytesMax}" : null);
        return problem is null ? bytes : throw new InputException($"{source}: settings.json: {problem}");
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
