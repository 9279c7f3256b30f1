using System.Net;
using System.Net.Sockets;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Areas;
using MeterFirmware.Tools.HeadEnds.Daily;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web;
using MeterFirmware.Tools.HeadEnds.Web.Live;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Alarms;

/// <summary>What fails in the background is told, and neither ends the program nor its own loop.</summary>
[TestClass]
public sealed class EnduranceTests : StoreTest<SqlitePlace>
{
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    [TestMethod]
    public async Task AFaultInALookForAlarmsIsToldAndTheNextLookComes()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => DateTimeOffset.UtcNow);
        FleetStore fleet = new(store.Behind, () => DateTimeOffset.UtcNow);
        QualitySettings settings = new();
        int looks = 0;
        AlarmWatch watch = new(alarms, fleet, new QualityStore(store.Behind, () => DateTimeOffset.UtcNow),
            new AreaReport(store.Behind, fleet, settings), new AlarmLimits(), () =>
            {
                Interlocked.Increment(ref looks);
                throw new InvalidOperationException("a fault of ours");
            }, () => DateTimeOffset.UtcNow);
        List<string> told = [];
        DailyJobs jobs = new(store.Behind, alarms, [], () => null);
        using Watching watching = new(watch, jobs, told.Add) { Pause = _soon };
        await watching.StartAsync(CancellationToken.None);
        Until.True(() => Volatile.Read(ref looks) >= 3, "it looks again");
        await watching.StopAsync(CancellationToken.None);
        Assert.IsTrue(watching.ExecuteTask!.IsCompletedSuccessfully);
        StringAssert.Contains(told[0], "a fault of ours");
    }

    [TestMethod]
    public async Task AFaultBesideTheJobsIsToldAndTheNextRunComes()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => DateTimeOffset.UtcNow);
        int asked = 0;
        List<string> told = [];
        DailyJobs jobs = new(store.Behind, alarms,
            [new DailyJob("check", new TimeOnly(0, 5), (_, _) => Task.FromResult(""))], () =>
            {
                Interlocked.Increment(ref asked);
                throw new InvalidOperationException("a fault of ours");
            }, told.Add)
        { Pause = _soon };
        jobs.Start();
        Until.True(() => Volatile.Read(ref asked) >= 3, "it runs again");
        await jobs.DisposeAsync();
        StringAssert.Contains(told[0], "a fault of ours");
    }

    [TestMethod]
    public async Task AWebhookThatNeverAnswersHoldsNoOtherUp()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => DateTimeOffset.UtcNow);
        using TcpListener dead = new(IPAddress.Loopback, 0);
        dead.Start();
        using HttpListener listener = new();
        int port = EmbeddedBroker.FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        WebhookStore hooks = new(store.Behind);
        hooks.Add("a-dead", $"http://127.0.0.1:{((IPEndPoint)dead.LocalEndpoint).Port}/");
        hooks.Add("b", $"http://127.0.0.1:{port}/");
        using WebhookSender sender = new(hooks, alarms, _ => { }, Timeout.InfiniteTimeSpan);
        await sender.StartAsync(CancellationToken.None);
        int told = 0;
        _ = Task.Run(async () =>
        {
            while (listener.IsListening)
            {
                HttpListenerContext call = await listener.GetContextAsync();
                call.Response.Close();
                Interlocked.Increment(ref told);
            }
        });
        alarms.Set(AlarmKinds.Loss, new Dictionary<string, string> { ["T1"] = "9 %", ["T2"] = "9 %" });
        using TcpClient waiting = await dead.AcceptTcpClientAsync();
        Until.True(() => Volatile.Read(ref told) == 2, "the other is told of both", secondsMax: 20);
        await sender.StopAsync(CancellationToken.None);
    }
}
