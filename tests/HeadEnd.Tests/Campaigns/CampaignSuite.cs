using System.Text;
using MeterFirmware.Commands;
using MeterFirmware.HeadEnds.Tests.Orders;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Campaigns;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Signing;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Campaigns;

/// <summary>Campaigns from the choice of devices to each one's outcome, against devices that check the signature as the
/// firmware does.</summary>
public abstract class CampaignSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Open1 = """{"closed":false}""";

    private static readonly CampaignContent _freeze = new("command", "freeze", "freeze", ["{}"]);
    private static readonly CampaignWaves _all = new(First: 100, PauseSeconds: 0, ErrorsPermilleMax: 1_000);

    private readonly Dictionary<string, CommandedDevice> _devices = [];
    private readonly List<string> _log = [];
    private readonly HashSet<string> _deaf = [];
    private DateTimeOffset _now = new(2026, 11, 30, 12, 0, 0, TimeSpan.FromHours(8));
    private int _sent;

    /// <summary>The head-end dies at this message: before it goes out, or before its answer is noted.</summary>
    private int _diesAt = -1;
    private bool _diesBefore;

    [TestMethod]
    public async Task ATariffGoesPieceByPieceToEachDeviceOfTheWaveAndTheNextWaveIsLarger()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, Names(10));
        byte[] table = new byte[2_500];
        Random.Shared.NextBytes(table);
        long id = Start(parts, new CampaignContent("tariff", "t", "tariff", TariffPieces.Of(table)),
            new CampaignWaves(First: 2, GrowthPercent: 200, PauseSeconds: 60), Names(10));
        await parts.StepAsync();
        Assert.AreEqual("2 2", $"{Done().Sum()} {Done().Count(one => one > 0)}", "one piece, two devices");
        await parts.StepAsync(8);
        Assert.AreEqual("6 2", $"{Done().Sum()} {Done().Count(one => one > 0)}", "the pause");
        Assert.AreEqual("active 0, done 2, waiting 8", Counts(parts, id));
        _now = _now.AddSeconds(61);
        await parts.StepAsync(10);
        Assert.AreEqual("18 6", $"{Done().Sum()} {Done().Count(one => one > 0)}");
        _now = _now.AddSeconds(61);
        await parts.StepAsync(10);
        Assert.AreEqual("active 0, done 10, waiting 0", Counts(parts, id));
        Assert.AreEqual("done 3", $"{parts.Campaigns.Find(id)!.State} {parts.Campaigns.Find(id)!.Wave}");
        foreach (CommandedDevice device in _devices.Values)
        {
            CollectionAssert.AreEqual(table, device.Tables.Single());
        }

        Assert.AreEqual(0, parts.Orders.List(null, 9).Count, "its pieces are no orders of their own");
    }

    [TestMethod]
    public async Task TooManyErrorsPauseItAndAPersonLetsItGoOn()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, Names(9));
        _devices["d1"].Refusal = CommandRefusal.NotSupported;
        long id = Start(parts, _freeze, new CampaignWaves(3, 100, 0, 200), Names(9));
        await parts.StepAsync(6);
        Campaign campaign = parts.Campaigns.Find(id)!;
        Assert.AreEqual("paused 1 of 3 devices refused or were silent", $"{campaign.State} {campaign.Note}");
        Assert.AreEqual(2, Done().Sum());
        StringAssert.Contains(_log.Single(), "paused");
        StringAssert.Contains(parts.Campaigns.Devices(id, null, 1).Single().Answer, "not-supported");
        Assert.AreEqual("refused", parts.Campaigns.Devices(id, null, 1).Single().State);
        Assert.IsTrue(parts.Campaigns.Resume(id, "bob"));
        Assert.IsFalse(parts.Campaigns.Resume(id, "bob"));
        await parts.StepAsync(12);
        Assert.AreEqual("done", parts.Campaigns.Find(id)!.State);
        Assert.AreEqual("done 8, refused 1", Outcomes(parts, id));
    }

    [TestMethod]
    public async Task PauseAndStopHoldBackWhatIsNotSent()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, Names(6));
        long id = Start(parts, _freeze, new CampaignWaves(2, 100, 0), Names(6));
        parts.Runner.Step();
        Assert.IsTrue(parts.Campaigns.Pause(id, "ann"));
        await parts.StepAsync(4);
        Assert.AreEqual(0, _sent, "ordered, but not sent");
        Assert.IsTrue(parts.Campaigns.Resume(id, "ann"));
        await parts.StepAsync(2);
        Assert.AreEqual(2, Done().Sum());
        Assert.IsTrue(parts.Campaigns.Stop(id, "carl"));
        await parts.StepAsync(4);
        Assert.AreEqual("done 2, skipped 4", Outcomes(parts, id));
        Assert.AreEqual("stopped by carl", parts.Campaigns.Devices(id, "d5", 1).Single().Answer);
        Assert.AreEqual("stopped", parts.Campaigns.Find(id)!.State);
        Assert.IsFalse(parts.Campaigns.Stop(id, "carl"));
        Assert.IsFalse(parts.Campaigns.Resume(id, "carl"));
    }

    [TestMethod]
    public async Task WhoIsOfflineIsWaitedForAndGetsItWhenItComesBack()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, Names(4));
        Status(store, "d2", isOnline: false);
        Status(store, "d3", isOnline: false);
        long id = Start(parts, _freeze, _all, Names(4));
        await parts.StepAsync(4);
        Assert.AreEqual("done 2, waiting 2", Outcomes(parts, id));
        _now = _now.AddHours(20);
        Status(store, "d3", isOnline: true);
        await parts.StepAsync(4);
        Assert.AreEqual(1, _devices["d3"].Done.Count);
        _now = _now.AddHours(5);
        await parts.StepAsync(3);
        Assert.AreEqual("done 3, skipped 1", Outcomes(parts, id));
        Assert.AreEqual("the campaign ended before", parts.Campaigns.Devices(id, "d1", 1).Single().Answer);
        Assert.AreEqual("done", parts.Campaigns.Find(id)!.State);
    }

    [TestMethod]
    public async Task WhatIsNotSafeToRepeatIsSilentAndATariffIsBegunAnew()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "d1", "d2");
        _deaf.Add("d1");
        long freeze = Start(parts, _freeze, _all, "d1");
        await parts.StepAsync(3);
        Assert.AreEqual("active", parts.Campaigns.Devices(freeze, null, 1).Single().State);
        _now = _now.AddSeconds(301);
        await parts.StepAsync(4);
        Assert.AreEqual("silent 1", Outcomes(parts, freeze));
        Assert.AreEqual(1, _sent);
        _deaf.Add("d2");
        byte[] table = new byte[1_500];
        long tariff = Start(parts, new CampaignContent("tariff", "t", "tariff", TariffPieces.Of(table)), _all, "d2");
        await parts.StepAsync(2);
        _now = _now.AddSeconds(301);
        _deaf.Clear();
        await parts.StepAsync(2);
        _devices["d2"].Restart();
        await parts.StepAsync(12);
        Assert.AreEqual("done 1", Outcomes(parts, tariff));
        Assert.AreEqual(2, parts.Campaigns.Devices(tariff, null, 1).Single().Tries, "not heard, then restarted");
        Assert.AreEqual(1, _devices["d2"].Tables.Count);
    }

    [TestMethod]
    public async Task ABusyDeviceIsAskedAgainAndHoldsUpNobody()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, Names(3));
        _devices["d1"].Refusal = CommandRefusal.Busy;
        long id = Start(parts, _freeze, new CampaignWaves(1, 100, 0, 0), Names(3));
        await parts.StepAsync(10);
        Assert.AreEqual("active 1, done 2", Outcomes(parts, id));
        _devices["d1"].Refusal = CommandRefusal.None;
        _now = _now.AddSeconds(301);
        await parts.StepAsync(3);
        Assert.AreEqual("done 3", Outcomes(parts, id));
        CollectionAssert.AreEqual(new[] { 1, 1, 1 }, Done());
    }

    [TestMethod]
    public async Task ADangerousOneWaitsForASecondPersonForADay()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "d1", "kept");
        CampaignContent open = new("command", "relay", "relay", [Open1]);
        NewCampaign campaign = new(open, new DeviceChoice(["d1", "kept"]), _all, 48, "test");
        Assert.AreEqual((true, true, "ready protected"), parts.Desk.Simulate(campaign).Plan is { } plan
            ? (plan.IsDangerous, plan.NeedsTwo, string.Join(' ', plan.Devices.Select(one => one.Outcome))) : default);
        Assert.IsNull(parts.Desk.Start(campaign, "token x", isPerson: false).Id);
        long id = parts.Desk.Start(campaign, "ann", isPerson: true).Id!.Value;
        long late = parts.Desk.Start(campaign, "ann", isPerson: true).Id!.Value;
        await parts.StepAsync(3);
        Assert.AreEqual(0, _sent);
        Assert.IsNotNull(parts.Desk.Approve(id, "ann", isPerson: true));
        Assert.IsNotNull(parts.Desk.Approve(id, "token x", isPerson: false));
        Assert.IsNull(parts.Desk.Approve(id, "bob", isPerson: true));
        await parts.StepAsync(4);
        Assert.AreEqual("done 1, skipped 1", Outcomes(parts, id));
        Assert.AreEqual(0, _devices["kept"].Done.Count);
        _now = _now.AddDays(1).AddSeconds(1);
        Assert.IsNotNull(parts.Desk.Approve(late, "bob", isPerson: true), "a day has passed");
        await parts.StepAsync(3);
        Assert.AreEqual("expired", parts.Campaigns.Find(late)!.State);
        Assert.AreEqual("skipped 2", Outcomes(parts, late));
    }

    [TestMethod]
    public void DevicesAreChosenByListAreaModelAndFirmware()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, Names(4));
        Status(store, "d2", isOnline: true, """{"firmware":"1.2.0"}""");
        Assert.AreEqual("d1 d2 d3 d4", Chosen(parts, new DeviceChoice(Area: "S")));
        Assert.AreEqual("d1 d2 d3 d4", Chosen(parts, new DeviceChoice(Area: "T1")));
        Assert.AreEqual("d1 d3", Chosen(parts, new DeviceChoice(Area: "F", Model: "odd")));
        Assert.AreEqual("d2", Chosen(parts, new DeviceChoice(Firmware: "1.2.0")));
        Assert.AreEqual("d3", Chosen(parts, new DeviceChoice(["d2", "d3"], Model: "odd")));
        Assert.AreEqual("devices: a list, an area, a model or a firmware was expected",
            Chosen(parts, new DeviceChoice()));
        Assert.AreEqual("devices: x: nobody has heard of it", Chosen(parts, new DeviceChoice(["x"])));
        Assert.AreEqual("area: 'Q': there is no such area now", Chosen(parts, new DeviceChoice(Area: "Q")));
        StringAssert.StartsWith(Chosen(parts, new DeviceChoice(Model: "none")), "devices: 0 fit the choice");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task AHeadEndThatIsKilledInAWaveGoesOnAndSendsNothingTwice(bool before)
    {
        string[] many = Names(6);
        long id;
        using (TestedStore store = Open())
        {
            Parts parts = Make(store, many);
            id = Start(parts, _freeze, new CampaignWaves(4, 100, 0, 1_000), many);
            (_diesAt, _diesBefore) = (2, before);
            await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => parts.StepAsync(9));
        }

        _diesAt = -1;
        using TestedStore again = Open();
        Parts next = With(again);
        await next.StepAsync(3);
        _now = _now.AddSeconds(301);
        await next.StepAsync(6);
        Assert.AreEqual("done", next.Campaigns.Find(id)!.State);
        CollectionAssert.AreEqual(before ? new[] { 1, 1, 0, 1, 1, 1 } : [1, 1, 1, 1, 1, 1], Done());
        Assert.AreEqual("silent", next.Campaigns.Devices(id, "d2", 1).Single().State, "its answer is not known");
        Assert.AreEqual(6, _sent);
    }

    [TestMethod]
    public async Task AnOrderThatNobodyApprovesWithinADayGoesOutOfDate()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "d1", "d2");
        OrderDesk desk = parts.OrderDesk;
        long id = desk.Order(new NewOrder("relay", Open1, ["d1", "d2"], "test"), "ann", isPerson: true).Id!.Value;
        _now = _now.AddDays(1).AddSeconds(1);
        Assert.IsNotNull(desk.Approve(id, "bob", isPerson: true));
        await parts.StepAsync();
        Assert.AreEqual("expired", parts.Orders.Find(id)!.State);
        Assert.AreEqual("stopped", parts.Orders.Targets(id, null, 1).Single().State);
        Assert.AreEqual(0, _sent);
    }

    private static string[] Names(int count) => [.. Enumerable.Range(1, count).Select(i => $"d{i}")];

    private static string Chosen(Parts parts, DeviceChoice choice)
    {
        (CampaignPlan plan, string problem) = parts.Desk.Simulate(new NewCampaign(_freeze, choice, _all, 1, "test"));
        return plan == null ? problem : string.Join(' ', plan.Devices.Select(one => one.Address));
    }

    private static long Start(Parts parts, CampaignContent content, CampaignWaves waves, params string[] devices)
    {
        (long? id, string problem) = parts.Desk.Start(
            new NewCampaign(content, new DeviceChoice(devices), waves, 24, "test"), "ann", isPerson: true);
        Assert.IsNull(problem);
        return id!.Value;
    }

    private static string Outcomes(Parts parts, long id) => string.Join(", ",
        parts.Campaigns.Counts(id).Select(one => $"{one.Key} {one.Value}"));

    private static string Counts(Parts parts, long id)
    {
        IReadOnlyDictionary<string, int> counts = parts.Campaigns.Counts(id);
        return string.Join(", ", new[] { "active", "done", "waiting" }
            .Select(state => $"{state} {counts.GetValueOrDefault(state)}"));
    }

    private static void Status(TestedStore store, string device, bool isOnline, string birth = "{}") => store.Store(
        [new StatusArrival(device, isOnline, 0, 1, 1, null, Encoding.UTF8.GetBytes(birth))], new HeadEndCounters());

    private int[] Done() => [.. _devices.Values.Select(device => device.Done.Count)];

    private Parts Make(TestedStore store, params string[] devices)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        fleet.ReplaceAreas("""
            name,kind,parent,rating_kva,valid_from,valid_to
            S,substation,,,2026-01-01T00:00:00+08:00,
            F,feeder,S,,2026-01-01T00:00:00+08:00,
            T1,transformer,F,100,2026-01-01T00:00:00+08:00,

            """);
        Assert.AreEqual(0, fleet.ReplacePlaces("address,area,model,customer,protected,valid_from,valid_to\n"
            + string.Concat(devices.Select(one => $"{one},T1,{((one[^1] - '0') % 2 == 1 ? "odd" : "even")},,"
                + $"{(one == "kept" ? "yes" : "")},2026-02-01T00:00:00+08:00,\n"))).Count);
        foreach (string device in devices)
        {
            _devices.Add(device, new CommandedDevice(device));
            Status(store, device, isOnline: true);
        }

        return With(store);
    }

    /// <summary>A head-end on a store, with everything that it knows there.</summary>
    private Parts With(TestedStore store)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        List<RoleKey> keys = RoleKey.Parse("keys", string.Concat(_devices.Values.Select(device => device.KeyLine())));
        OrderStore orders = new(store.Behind, () => _now);
        CampaignStore campaigns = new(store.Behind, () => _now);
        OrderLimits limits = new();
        OrderDispatcher dispatcher = null;
        dispatcher = new OrderDispatcher(orders, fleet, new DeskSigner(new SigningDesk(keys, "t", 50, () => _now)),
            limits, () => true, (device, message) => PublishAsync(dispatcher, device, message), _log.Add, () => _now);
        OrderDesk desk = new(orders, fleet, limits, (_, _) => null, () => _now);
        return new Parts(orders, desk, campaigns, new CampaignDesk(campaigns, desk, fleet),
            new CampaignRunner(campaigns, fleet, _log.Add, () => _now), dispatcher, () => _now = _now.AddSeconds(1));
    }

    private Task PublishAsync(OrderDispatcher dispatcher, string device, string message)
    {
        bool dies = _sent++ == _diesAt;
        if (dies && _diesBefore)
        {
            throw new OperationCanceledException();
        }

        if (!_deaf.Contains(device) && _devices[device].Handle(Encoding.UTF8.GetBytes(message), _now) is { } reply
            && !dies)
        {
            dispatcher.Take(device, reply);
        }

        return dies ? throw new OperationCanceledException() : Task.CompletedTask;
    }

    private sealed record Parts(OrderStore Orders, OrderDesk OrderDesk, CampaignStore Campaigns, CampaignDesk Desk,
        CampaignRunner Runner, OrderDispatcher Dispatcher, Action Later)
    {
        /// <summary>A second each: a device checks four signatures in one at most.</summary>
        public async Task StepAsync(int count = 1)
        {
            for (int i = 0; i < count; i++)
            {
                Runner.Step();
                await Dispatcher.StepAsync(CancellationToken.None);
                Later();
            }
        }
    }
}
