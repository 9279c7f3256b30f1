using MeterFirmware.Commands;
using MeterFirmware.Tools.HeadEnds.Campaigns;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MeterFirmware.Tools.HeadEnds.Web.Signing;

namespace MeterFirmware.Tools.HeadEnds.Web.Orders;

/// <summary>Commands: taken here, signed by another process, sent by the head-end.</summary>
internal static class OrderParts
{
    public static void Add(IServiceCollection services, HeadEndSettings settings, IHeadEndStore store, HeadEnd headEnd,
        FleetStore fleet, TownClock town)
    {
        OrderLimits limits = new() { DangerousDevicesAMinuteMax = settings.DangerousDevicesAMinute };
        limits = town.IsSimulated ? limits with { SignedSeconds = SignedMessage.ValidSecondsMax } : limits;
        OrderStore orders = new(store, () => DateTimeOffset.UtcNow);
        services.AddSingleton(orders);
        OrderDesk desk = new(orders, fleet, limits, Problem, () => DateTimeOffset.UtcNow);
        CampaignStore campaigns = new(store, () => DateTimeOffset.UtcNow);
        services.AddSingleton(desk).AddSingleton(campaigns).AddSingleton(new CampaignDesk(campaigns, desk, fleet));
        if (settings.SignerSocket.Length == 0)
        {
            return;
        }

        SigningClient signer = new(settings.SignerSocket,
            SecretFile.ReadLine("HeadEnd:SignerToken", settings.SignerToken));
        OrderDispatcher dispatcher = new(orders, fleet, signer, limits, () => headEnd.IsReady, headEnd.CommandAsync,
            Log, () => DateTimeOffset.UtcNow);
        headEnd.Replied += dispatcher.Take;
        CampaignRunner runner = new(campaigns, fleet, Log, () => DateTimeOffset.UtcNow);
        services.AddHostedService(_ => new Ordering(dispatcher, runner, Log));
    }

    private static void Log(string line) => Console.Error.WriteLine($"head-end: {line}");

    private static string? Problem(string command, string arguments)
    {
        try
        {
            CommandArguments.Check(command, arguments);
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }
}
