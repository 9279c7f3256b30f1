using System.Text.Json;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Brings a SQLite database to this version: all of it or nothing.</summary>
internal static class SqliteMigration
{
    /// <summary>Table that names the migrations done.</summary>
    private const string JournalTable = "schema_version";

    private const string First = "0001-tables";

    /// <summary>Migrates.</summary>
    /// <returns>The newest migration done.</returns>
    public static string Apply(SqliteConnection connection)
    {
        connection.CreateFunction<byte[], byte[]>("record_hash", RecordHash.Of, isDeterministic: true);
        connection.CreateFunction<byte[], long?>("event_code", EventCodeOf, isDeterministic: true);
        UpgradeEngineBuilder builder = DeployChanges.To.SqliteDatabase(new SharedConnection(connection))
            .WithScript(First, new SqliteTakeover(
                CommonScripts.Text("Sqlite", First), CommonScripts.Text("Sqlite", "takeover")));
        foreach (string name in CommonScripts.Names)
        {
            builder = builder.WithScript(name, CommonScripts.Tables(name, "INTEGER PRIMARY KEY"));
        }

        UpgradeEngine engine = builder
            .JournalToSqliteTable(JournalTable)
            .WithVariablesDisabled()
            .WithTransaction()
            .LogToNowhere()
            .Build();
        DatabaseUpgradeResult result = engine.PerformUpgrade();
        return result.Successful ? CommonScripts.Newest : throw new InvalidOperationException(
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

        command.CommandText = $"SELECT COUNT(*) FROM {JournalTable} WHERE ScriptName='{CommonScripts.Newest}'";
        return (long)command.ExecuteScalar()! > 0;
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
