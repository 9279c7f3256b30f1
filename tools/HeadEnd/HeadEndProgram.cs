using System.Net.Sockets;
using System.Text;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds.PostgreSql;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Demo;
using MeterFirmware.Tools.HeadEnds.Web.Live;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Npgsql;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>Everything that runs: broker, intake, town, page and API; ended in the reverse order.</summary>
public sealed class HeadEndProgram : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();
    private WebApplication _web = null!;

    private HeadEndProgram()
    {
    }

    /// <summary>Where the page is.</summary>
    public string Address => _web.Urls.First();

    /// <summary>Password of the account "admin" when it was made now; null: there are accounts.</summary>
    public string? FirstPassword { get; private set; }

    /// <summary>Port of the embedded broker; 0: brokers are named.</summary>
    public int BrokerPort { get; private set; }

    /// <summary>What takes in.</summary>
    public HeadEnd HeadEnd { get; private set; } = null!;

    /// <summary>The demonstration's town; null without it.</summary>
    public DemoTown? Town { get; private set; }

    /// <summary>Services of the page, for tests.</summary>
    public IServiceProvider Services => _web.Services;

    /// <summary>Starts it.</summary>
    /// <exception cref="SettingsException">A setting is wrong, a port taken, a database away.</exception>
    public static async Task<HeadEndProgram> StartAsync(string[] args)
    {
        HeadEndProgram program = new();
        try
        {
            await program.StartAsync(WebApplication.CreateBuilder(Options(args)), args.Contains("--demo"));
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until Ctrl-C.</summary>
    public Task RunAsync() => _web.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out IAsyncDisposable? part))
        {
            await part.DisposeAsync();
        }
    }

    private static WebApplicationOptions Options(string[] args) => new()
    {
        Args = [.. args.Where(arg => arg != "--demo")],

        // Pages and styles lie beside the program, wherever it is started from.
        ContentRootPath = AppContext.BaseDirectory,
        ApplicationName = typeof(HeadEndProgram).Assembly.GetName().Name,
        EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? "Production",
    };

    private async Task StartAsync(WebApplicationBuilder builder, bool isDemo)
    {
        HeadEndSettings settings = ReadSettings(builder);

        // README says where the cookies' keys lie, and that they are plain files.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        string folder = isDemo ? Directory.CreateTempSubdirectory("mf-town-").FullName : settings.Folder;
        if (isDemo)
        {
            _parts.Push(Part.Of(() => Directory.Delete(folder, recursive: true)));
        }

        IHeadEndStore store = OpenStore(settings, folder, isDemo);
        _parts.Push(Part.Of(store.Dispose));
        MqttBrokers brokers = await BrokersAsync(settings, isDemo);
        if (isDemo)
        {
            Town = new DemoTown(brokers, settings.DemoSpeed, TimeProvider.System);
            _parts.Push(DemoSigner.Start(Town, folder, settings));
        }

        LiveHub live = new();
        HeadEnd = new HeadEnd(new HeadEndOptions
        {
            Brokers = brokers,
            Store = store,
            ClientId = settings.ClientId,
            RetentionMonths = settings.RetentionMonths,
            AcknowledgementKeyOf = Town != null ? Town.Keys.Of
                : KeysOf(nameof(settings.AcknowledgementKeys), settings.AcknowledgementKeys),
            InstantArrived = live.Publish,
            Log = line => Console.Error.WriteLine($"head-end: {line}"),
        });
        _parts.Push(HeadEnd);
        AccountStore accounts = new(store, TimeProvider.System);
        _web = WebParts.Build(builder, settings, folder, store, HeadEnd, accounts, Town, live);
        _parts.Push(new Part(StopWebAsync));
        FirstPassword = accounts.MakeFirst();
        HeadEnd.Start();
        await StartPageAsync(settings);
        if (Town != null)
        {
            Town.Register(new Fleets.FleetStore(store, () => DateTimeOffset.UtcNow));
            _parts.Push(Town);
            Town.Start();
        }

        Tell(store, isDemo ? folder : null);
    }

    // Disposal alone leaves what works in the background at work, on a store that is closed next.
    private async ValueTask StopWebAsync()
    {
        try
        {
            await _web.StopAsync();
        }
        finally
        {
            await _web.DisposeAsync();
        }
    }

    private static HeadEndSettings ReadSettings(WebApplicationBuilder builder)
    {
        try
        {
            // The file of the folder that it is started in comes before variables and options.
            builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
            {
                FileProvider = new PhysicalFileProvider(Environment.CurrentDirectory),
                Path = "appsettings.json",
                Optional = true,
            });
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException($"appsettings.json: {e.InnerException?.Message ?? e.Message}");
        }

        return HeadEndSettings.Read(builder.Configuration);
    }

    private async Task StartPageAsync(HeadEndSettings settings)
    {
        try
        {
            await _web.StartAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or FormatException or InvalidOperationException)
        {
            throw new SettingsException($"HeadEnd:Address: {settings.Address}: {e.Message}");
        }
    }

    private void Tell(IHeadEndStore store, string? demoFolder)
    {
        StringBuilder text = new();
        text.AppendLine($"Page       {Address}");
        text.AppendLine($"Database   {store.Engine}, {store.SchemaVersion}");
        if (FirstPassword != null)
        {
            text.AppendLine($"Sign in    admin, password {FirstPassword} (shown this once)");
        }

        if (demoFolder != null)
        {
            text.AppendLine($"Signer     in this process, with bench keys: {DemoSigner.KeysOf(demoFolder)}");
        }

        text.Append(demoFolder != null ? "Town       300 meters, 20 chargers; it is gone when the program ends"
            : "Ctrl-C ends it");
        Console.Out.WriteLine(text);
    }

    private async Task<MqttBrokers> BrokersAsync(HeadEndSettings settings, bool isDemo)
    {
        if (!isDemo && BrokerSettings.Read(settings, Console.Error.WriteLine) is { } named)
        {
            return named;
        }

        try
        {
            EmbeddedBroker broker = await EmbeddedBroker.StartAsync(isDemo ? 0 : settings.EmbeddedBrokerPort);
            _parts.Push(broker);
            BrokerPort = broker.Port;
            return new MqttBrokers([MqttAddress.Loopback(broker.Port)]);
        }
        catch (SocketException e)
        {
            throw new SettingsException($"HeadEnd:EmbeddedBrokerPort: {settings.EmbeddedBrokerPort}: {e.Message}");
        }
    }

    private static IHeadEndStore OpenStore(HeadEndSettings settings, string folder, bool isDemo)
    {
        try
        {
            if (settings.PostgreSql.Length > 0 && !isDemo)
            {
                return new PostgreSqlStore(settings.PostgreSql);
            }

            MakePrivate(folder);
            return new SqliteStore(Path.Combine(folder, "headend.sqlite"));
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            // Never the setting itself: it may hold a password.
            throw new SettingsException($"HeadEnd:PostgreSql: {e.Message}");
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException
            or InvalidOperationException)
        {
            // The last one: tables that a migration cannot take over.
            throw new SettingsException($"HeadEnd:Folder: {folder}: {e.Message}");
        }
    }

    /// <summary>Makes the folder, if it is not there, for this user only: whoever reads the keys in it can make a
    /// cookie.</summary>
    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    internal static Func<string, byte[]?>? SessionKeysOf(HeadEndSettings settings) =>
        KeysOf(nameof(settings.SessionKeys), settings.SessionKeys);

    private static Func<string, byte[]?>? KeysOf(string setting, string path)
    {
        try
        {
            return path.Length == 0 ? null : AcknowledgementKeys.Parse(File.ReadAllText(path)).Of;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"HeadEnd:{setting}: {path}: {e.Message}");
        }
    }

    /// <summary>Something that ends by a call.</summary>
    private sealed class Part(Func<ValueTask> end) : IAsyncDisposable
    {
        public static Part Of(Action end) => new(() =>
        {
            end();
            return ValueTask.CompletedTask;
        });

        public ValueTask DisposeAsync() => end();
    }
}
