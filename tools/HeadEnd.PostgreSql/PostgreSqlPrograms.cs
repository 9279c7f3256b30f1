using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace MeterFirmware.Tools.HeadEnds.PostgreSql;

/// <summary>PostgreSQL's own programs, with the connection of a connection string.</summary>
internal static class PostgreSqlPrograms
{
    /// <summary>Copies a database into a file of pg_dump's custom format, and reads its contents back.</summary>
    /// <exception cref="IOException">The program is missing, or said why not.</exception>
    public static void Dump(string connectionString, string path)
    {
        Run("pg_dump", connectionString, "--format=custom", "--no-owner", $"--file={path}");
        Run("pg_restore", connectionString, "--list", path);
    }

    /// <summary>What libpq's variables say of a connection: never among the arguments, which every user of the machine
    /// can read.</summary>
    internal static IReadOnlyDictionary<string, string> EnvironmentOf(string connectionString)
    {
        NpgsqlConnectionStringBuilder to = new(connectionString);
        Dictionary<string, string?> all = new()
        {
            ["PGHOST"] = to.Host,
            ["PGPORT"] = to.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = to.Username,
            ["PGPASSWORD"] = to.Password,
            ["PGDATABASE"] = to.Database,
            ["PGPASSFILE"] = to.Passfile,
            ["PGSSLMODE"] = to.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                SslMode other => other.ToString().ToLowerInvariant(),
            },
            ["PGSSLROOTCERT"] = to.RootCertificate,
            ["PGSSLCERT"] = to.SslCertificate,
            ["PGSSLKEY"] = to.SslKey,
        };
        return all.Where(one => !string.IsNullOrEmpty(one.Value)).ToDictionary(one => one.Key, one => one.Value!);
    }

    private static void Run(string program, string connectionString, params string[] arguments)
    {
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

        foreach ((string name, string value) in EnvironmentOf(connectionString))
        {
            start.Environment[name] = value;
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Start(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        output.Wait();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program}: {errors.Trim().ReplaceLineEndings(" ")}");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{start.FileName}: {e.Message}");
        }
    }
}
