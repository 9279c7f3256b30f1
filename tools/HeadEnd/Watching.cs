using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Daily;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>Looks for alarms every ten seconds, and lets the jobs of the day run beside it.</summary>
internal sealed class Watching(AlarmWatch watch, DailyJobs jobs, Action<string> log)
    : BackgroundService
{
    /// <summary>Between two looks.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await jobs.DisposeAsync();
    }

    /// <summary>Looks beside that for alarms; one that fails stops no other.</summary>
    public IReadOnlyList<Action> Also { get; init; } = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        jobs.Start();
        using PeriodicTimer timer = new(Pause);
        while (!stoppingToken.IsCancellationRequested && await NextAsync(timer, stoppingToken))
        {
            foreach (Action look in (Action[])[watch.LookNow, .. Also])
            {
                Look(look, stoppingToken);
            }
        }
    }

    private void Look(Action look, CancellationToken stopping)
    {
        try
        {
            look();
        }
        catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // The database is away, or a fault of ours: ten seconds later. It must not end the host, and with it the
            // intake.
            log($"alarms: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>False: the program ends.</summary>
    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
