using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace MeterFirmware.Tools.HeadEnds.PostgreSql;

/// <summary>PostgreSQL's own programs, with the connection of a connection string.</summary>
internal static class PostgreSqlPrograms
{
    /// <summary>Copies a database into a file of pg_dump's custom format, and reads its list of contents back.</summary>
    /// <exception cref="IOException">The program is missing, or said why not.</exception>
    public static void Dump(string connectionString, string path)
    {
        Run("pg_dump", connectionString, "--format=custom", "--no-owner", $"--file={path}");
        Run("pg_restore", connectionString, "--list", path);
    }

    private static void Run(string program, string connectionString, params string[] arguments)
    {
        NpgsqlConnectionStringBuilder to = new(connectionString);
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

        // Never among the arguments, which every user of the machine can read.
        start.Environment["PGHOST"] = to.Host;
        start.Environment["PGPORT"] = to.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = to.Username;
        start.Environment["PGPASSWORD"] = to.Password;
        start.Environment["PGDATABASE"] = to.Database;
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
