using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Daily;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>Looks for alarms every ten seconds, and lets the jobs of the day run beside it.</summary>
internal sealed class Watching(AlarmWatch watch, DailyJobs jobs, IHeadEndStore store) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await jobs.DisposeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        jobs.Start();
        using PeriodicTimer timer = new(_pause);
        while (!stoppingToken.IsCancellationRequested && await NextAsync(timer, stoppingToken))
        {
            try
            {
                watch.LookNow();
            }
            catch (Exception e) when (store.IsUnavailable(e))
            {
                // The database is away: ten seconds later.
            }
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
