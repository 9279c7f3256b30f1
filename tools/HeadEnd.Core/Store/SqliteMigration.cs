using System.Reflection;
using System.Text.Json;
using DbUp;
using DbUp.Engine;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Brings a SQLite database to this version: all of it or nothing.</summary>
internal static class SqliteMigration
{
    private const string Folder = ".Store.Sqlite.";

    /// <summary>Table that names the migrations done.</summary>
    private const string JournalTable = "schema_version";

    /// <summary>The newest migration of this program.</summary>
    public const string Newest = "0001-tables";

    /// <summary>Migrates.</summary>
    /// <returns>The newest migration done.</returns>
    public static string Apply(SqliteConnection connection)
    {
        connection.CreateFunction<byte[], byte[]>("record_hash", RecordHash.Of, isDeterministic: true);
        connection.CreateFunction<byte[], long?>("event_code", EventCodeOf, isDeterministic: true);
        UpgradeEngine engine = DeployChanges.To.SqliteDatabase(new SharedConnection(connection))
            .WithScript(Newest, new SqliteTakeover(Text("0001-tables"), Text("takeover")))
            .JournalToSqliteTable(JournalTable)
            .WithVariablesDisabled()
            .WithTransaction()
            .LogToNowhere()
            .Build();
        DatabaseUpgradeResult result = engine.PerformUpgrade();
        return result.Successful ? Newest : throw new InvalidOperationException(
            $"migration {result.ErrorScript?.Name}: {result.Error.Message}", result.Error);
    }

    /// <summary>True when nothing has to be done, so that a file can be read as it is.</summary>
    public static bool IsNewest(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM sqlite_master WHERE name='{JournalTable}'";
        if ((long)command.ExecuteScalar()! == 0)
        {
            return false;
        }

        command.CommandText = $"SELECT COUNT(*) FROM {JournalTable} WHERE ScriptName='{Newest}'";
        return (long)command.ExecuteScalar()! > 0;
    }

    private static string Text(string name)
    {
        Assembly assembly = typeof(SqliteMigration).Assembly;
        string resource = assembly.GetManifestResourceNames().Single(
            one => one.EndsWith($"{Folder}{name}.sql", StringComparison.Ordinal));
        using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    private static long? EventCodeOf(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("code", out JsonElement code) && code.TryGetInt64(out long value)
                ? value : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
