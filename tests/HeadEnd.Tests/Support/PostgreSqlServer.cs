using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Npgsql;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A PostgreSQL server on a free port of loopback, with its data in a folder of its own. It refuses root, so
/// that it runs as the user postgres there.</summary>
public sealed class PostgreSqlServer : IDisposable
{
    private const string Folder = "/usr/lib/postgresql";

    private static readonly Lock _starting = new();
    private static PostgreSqlServer _shared;
    private static int _databases;

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-postgresql-").FullName;
    private readonly string _programs;
    private readonly int _port = EmbeddedBroker.FreePort();
    private bool _isUp;

    private PostgreSqlServer(string programs)
    {
        _programs = programs;
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", _folder);
        }

        RunAsOwner("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N");
        Start();
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The server of all tests, started by the first that asks; ends the test as skipped where it is not
    /// installed.</summary>
    public static PostgreSqlServer SharedOrSkip()
    {
        lock (_starting)
        {
            _shared ??= TryStart();
            if (_shared == null)
            {
                Assert.Inconclusive("skipped: postgresql not found");
            }

            return _shared;
        }
    }

    /// <summary>Stops the server of all tests.</summary>
    public static void StopShared() => _shared?.Dispose();

    /// <summary>Starts a server of one's own. Null: it is not installed.</summary>
    public static PostgreSqlServer TryStart()
    {
        string programs = Directory.Exists(Folder)
            ? Directory.GetDirectories(Folder).Select(version => Path.Combine(version, "bin"))
                .LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb"))) : null;
        return programs == null ? null : new PostgreSqlServer(programs);
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>What Npgsql connects with.</returns>
    public string NewDatabase()
    {
        string name = $"mf_{Interlocked.Increment(ref _databases)}";
        Execute($"CREATE DATABASE {name}");
        return SourceOf(name);
    }

    /// <summary>Removes a database, whoever is connected to it.</summary>
    public void Drop(string source) =>
        Execute($"DROP DATABASE {new NpgsqlConnectionStringBuilder(source).Database} WITH (FORCE)");

    /// <summary>Reads a copy of pg_dump's custom format into an empty database.</summary>
    public void Restore(string source, string copy) => Run(Path.Combine(_programs, "pg_restore"), "-h", "127.0.0.1",
        "-p", $"{_port}", "-U", "postgres", "-d", new NpgsqlConnectionStringBuilder(source).Database, "--exit-on-error",
        copy);

    /// <summary>Ends it without asking anybody, as a power cut does.</summary>
    public void Kill()
    {
        RunAsOwner("pg_ctl", "-D", Data, "stop", "-m", "immediate", "-s");
        _isUp = false;
    }

    /// <summary>Starts it on the same port.</summary>
    public void Start()
    {
        RunAsOwner("pg_ctl", "-D", Data, "-w", "-s", "-l", Path.Combine(_folder, "log"), "-o",
            $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200", "start");
        _isUp = true;
    }

    public void Dispose()
    {
        if (_isUp)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string SourceOf(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Maximum Pool Size=10";

    private void Execute(string sql)
    {
        using NpgsqlConnection connection = new(SourceOf("postgres") + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    private void RunAsOwner(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private void Run(string program, params string[] arguments)
    {
        // Its output goes nowhere: the server would inherit our pipes and hold them open for as long as it runs.
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("out=$1; shift; exec \"$@\" >>\"$out\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        string output = Path.Combine(_folder, "output");
        start.ArgumentList.Add(output);
        start.ArgumentList.Add(program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {File.ReadAllText(output)}");
        }
    }
}
