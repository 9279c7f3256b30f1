using MeterFirmware.Tools.HeadEnds.Campaigns;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Web.Orders;

/// <summary>Lets orders and campaigns go out for as long as the program runs.</summary>
internal sealed class Ordering(OrderDispatcher dispatcher, CampaignRunner campaigns, Action<string> log)
    : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_pause);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    campaigns.Step();
                    await dispatcher.StepAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    // The database is away, or a fault of ours: it must not end the host, and with it the intake.
                    log($"commands: {e.Message.ReplaceLineEndings(" ")}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }
    }
}
