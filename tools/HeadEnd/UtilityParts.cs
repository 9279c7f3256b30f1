using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Areas;
using MeterFirmware.Tools.HeadEnds.Carbon;
using MeterFirmware.Tools.HeadEnds.Daily;
using MeterFirmware.Tools.HeadEnds.Exports;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Sessions;
using MeterFirmware.Tools.HeadEnds.Web.Bills;
using MeterFirmware.Tools.HeadEnds.Web.Live;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>What works on stored data: quality, areas, alarms, and the jobs of the day.</summary>
internal static class UtilityParts
{
    private const int DevicesMax = 100_000;

    /// <summary>Begin of the day's check: what the day before sent late is there by then.</summary>
    private static readonly TimeOnly _checkFrom = new(0, 5);

    /// <summary>Begin of the day's backup.</summary>
    private static readonly TimeOnly _backupFrom = new(1, 0);

    /// <summary>A webhook answers within this time.</summary>
    private static readonly TimeSpan _answerMax = TimeSpan.FromSeconds(10);

    public static void Add(IServiceCollection services, HeadEndSettings settings, string folder,
        IHeadEndStore store, HeadEnd headEnd, FleetStore fleet, TownClock town, Func<string, byte[]?> billingKeyOf)
    {
        QualitySettings limits = new() { Zone = TownClock.Offset, HasWallTime = !town.IsSimulated };
        QualityStore quality = new(store, () => DateTimeOffset.UtcNow);
        QualityCheck check = new(quality, limits);
        AreaReport areas = new(store, fleet, limits);
        AlarmStore alarms = new(store, () => DateTimeOffset.UtcNow);
        AlarmLimits alarmLimits = new()
        {
            LossPermilleMax = settings.LossPermilleMax,
            SilentAfter = TimeSpan.FromMinutes(settings.SilentMinutes),
        };
        AlarmWatch watch = new(alarms, fleet, quality, areas, alarmLimits, headEnd.Refusals,
            () => DateTimeOffset.UtcNow);
        MissingRecords missing = new(quality, check, () => Online(fleet), headEnd.QueryAsync);
        UtilityClock clock = new(town, fleet);
        TariffStore tariffs = new(store, () => DateTimeOffset.UtcNow, limits.Zone);
        TariffShelf shelf = new(tariffs, Path.Combine(folder, "tariffs"));
        services.AddSingleton(shelf);
        ExchangeStore exchanges = new(store, fleet, () => DateTimeOffset.UtcNow);
        CustomerBills bills = new(fleet, exchanges, quality, limits, shelf);
        FreezeCheck freezes = new(quality, fleet, bills, limits, alarms);
        Backups backups = new(store, settings.BackupFolder.Length > 0 ? settings.BackupFolder
            : Path.Combine(folder, "backups"), settings.BackupsKept);
        List<DailyJob> work = [Check(missing, watch, limits), new DailyJob("bills", _checkFrom,
            (today, cancel) => Task.Run(() => freezes.Run(today, cancel), cancel))];
        if (!town.IsSimulated)
        {
            work.Add(new DailyJob("backup", _backupFrom,
                (today, cancel) => Task.Run(() => backups.Make(today), cancel)));
        }

        DailyJobs jobs = new(store, alarms, work, () => clock.NowOrNull, Log);
        services.AddSingleton(limits).AddSingleton(quality).AddSingleton(check).AddSingleton(areas);
        services.AddSingleton(alarms).AddSingleton(missing).AddSingleton(clock).AddSingleton(jobs);
        services.AddSingleton(new ReadingEditor(quality, limits)).AddSingleton(bills).AddSingleton(alarmLimits);
        WebhookStore hooks = new(store);
        services.AddSingleton(exchanges).AddSingleton(hooks).AddSingleton(tariffs);
        services.AddSingleton(new CustomerData(store, fleet, quality, limits));
        services.AddHostedService(_ => new WebhookSender(hooks, alarms, Log, _answerMax));
        SessionStore sessions = new(store, alarms, billingKeyOf, () => DateTimeOffset.UtcNow);
        EventAlarms events = new(store, alarms, alarmLimits, () => DateTimeOffset.UtcNow);
        CertificateWatch certificates = new(alarms, alarmLimits, Certificates(settings), () => DateTimeOffset.UtcNow);
        services.AddSingleton(new ExportStore(store));
        services.AddSingleton(sessions).AddSingleton(new CarbonStore(store, fleet, quality));
        if (MailSettings.Read(settings) is { } mail)
        {
            services.AddHostedService(_ => new MailSender(mail, alarms, Log));
        }

        services.AddHostedService(_ => new Watching(watch, jobs, Log)
        {
            Also = [sessions.Check, events.Look, certificates.Look],
        });
    }

    private static Dictionary<string, string> Certificates(HeadEndSettings settings) => new (string Name, string Path)[]
    {
        ("BrokerAuthority", settings.BrokerAuthority), ("BrokerCertificate", settings.BrokerCertificate),
    }.Where(one => one.Path.Length > 0).ToDictionary(one => one.Name, one => one.Path);

    private static void Log(string line) => Console.Error.WriteLine($"head-end: {line}");

    private static DailyJob Check(MissingRecords missing, AlarmWatch watch, QualitySettings limits) =>
        new("check", _checkFrom, async (today, cancel) =>
        {
            string detail = await missing.RunAsync(today, cancel).ConfigureAwait(false);
            watch.LookBack(today, limits.DaysBack);
            return detail;
        });

    private static HashSet<string> Online(FleetStore fleet) =>
        [.. fleet.Devices(null, DevicesMax).Where(device => device.IsOnline).Select(device => device.Address)];
}
