using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Generate;

/// <summary>What is made out of the commands: constants, words and roles, the document's forms, tables.</summary>
internal static class CommandTables
{
    private static readonly string[] _roles = ["utility", "technician", "owner", "reader"];

    public static string Codes(Catalogue catalogue)
    {
        CodeText code = new([], "MeterFirmware.Commands", Outputs.Folder + "commands.json");
        code.Summary("What a command asks for. Numbers are stable: they stand in event records.");
        code.Line("public static class CommandCode").Open().Line("public const int None = 0;").Line();
        foreach (CommandEntry c in ByCode(catalogue))
        {
            code.Summary(c.Description).Line($"public const int {c.Name} = {c.Code};").Line();
        }

        return code.Line($"public const int CodeMax = {catalogue.Commands.Max(c => c.Code)};").Close().ToString();
    }

    public static string Words(Catalogue catalogue)
    {
        CodeText code = new([], "MeterFirmware.Commands", Outputs.Folder + "commands.json");
        code.Summary("The words of the commands, and which roles may give them.");
        code.Line("public static class CommandCatalogue").Open();
        foreach (string role in _roles)
        {
            code.Line($"private const int {Constant(role)} = 1 << CommandRole.{Constant(role)};");
        }

        code.Line().Summary("The command's word.").Line("public static string NameOf(int code)").Open();
        code.Switch("code", ByCode(catalogue).Select(c => ($"CommandCode.{c.Name}", $"\"{c.Word}\"")),
            "\"\"").Close().Line();
        code.Summary("True when the role may give the command.");
        code.Line("public static bool IsAllowed(int code, int role) => (RolesOf(code) & (1 << role)) != 0;").Line();
        code.Line("private static int RolesOf(int code)").Open();
        code.Switch("code", ByCode(catalogue).Select(c => ($"CommandCode.{c.Name}",
            string.Join(" | ", _roles.Where(c.Roles.Contains).Select(Constant)))), "0");
        return code.Close().Close().ToString();
    }

    /// <summary>The document's commands: product by product each form, as JSON, which is YAML.</summary>
    public static string Document(Catalogue catalogue)
    {
        CommandSchemas schemas = new(catalogue.CommandTypes);
        System.Text.StringBuilder text = new();
        foreach (CommandEntry c in catalogue.Commands)
        {
            text.Append($"  {c.Word}:\n");
            foreach ((string product, CommandForm[] forms) in c.Products())
            {
                text.Append($"    {product}:\n");
                foreach (CommandForm form in forms)
                {
                    text.Append($"      - {AsyncApiParts.Json(Form(schemas, form, $"{c.Word}.{product}"))}\n");
                }
            }
        }

        return text.ToString();
    }

    public static string WordsOfDocument(Catalogue catalogue) =>
        $"        command: {{ enum: {AsyncApiParts.Words(ByCode(catalogue).Select(c => c.Word))} }}\n";

    /// <summary>Which role may give which command.</summary>
    public static string RoleTable(Catalogue catalogue) =>
        $"| command | {string.Join(" | ", _roles)} |\n|---|---|---|---|---|\n"
        + Tables.Rows(ByCode(catalogue).GroupBy(c => string.Join(" | ", _roles.Select(role => c.Roles.Contains(role)
            ? "yes" : ""))),
            group => $"{string.Join(", ", group.Select(c => c.Word))} | {group.Key}");

    /// <summary>Each command with its arguments and answer.</summary>
    public static string FormTable(Catalogue catalogue) =>
        "| code | command | product | arguments (? may be missing) | answer |\n|---|---|---|---|---|\n"
        + Tables.Rows(ByCode(catalogue).SelectMany(c => c.Products().SelectMany(p => p.Forms.Select(form => (c,
            p.Product, form)))),
            row => $"{row.c.Code} | **{row.c.Word}**: {row.c.Description} | {row.Product} | "
                + $"{Members(row.form.Arguments)} | "
                + (row.form.Result == null ? "" : Members(row.form.Result)));

    private static JsonObject Form(CommandSchemas schemas, CommandForm form, string place)
    {
        JsonObject node = new()
        {
            ["arguments"] = schemas.Object(form.Arguments, place),
            ["example"] = form.Example.DeepClone()
        };
        if (form.Result != null)
        {
            node["result"] = schemas.Object(form.Result, place + ".result");
        }

        if (form.Error != null)
        {
            node["error"] = form.Error;
        }

        return node;
    }

    /// <summary>Members as a person reads them: name and type, or the words that it may be.</summary>
    private static string Members(JsonObject members) => members.Count == 0 ? "none"
        : string.Join(", ", members.Select(m => m.Value is JsonValue type ? $"`{m.Key}` {type}"
            : (m.Value!["const"] ?? m.Value["enum"]) is { } words
                ? $"`{m.Key}` {words.ToJsonString().Trim('[', ']').Replace(",", " or ")}"
            : $"`{m.Key}`"));

    private static IEnumerable<CommandEntry> ByCode(Catalogue catalogue) => catalogue.Commands.OrderBy(c => c.Code);

    private static string Constant(string role) => char.ToUpperInvariant(role[0]) + role[1..];
}
