using System.Text;
using MeterFirmware.Commands;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Signing;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Orders;

/// <summary>Commands from the order to the answer, against devices that check the signature as the firmware
/// does.</summary>
public abstract class OrderSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Open1 = """{"closed":false}""";

    private readonly Dictionary<string, CommandedDevice> _devices = [];
    private readonly List<string> _log = [];
    private DateTimeOffset _now = new(2026, 11, 30, 12, 0, 0, TimeSpan.FromHours(8));
    private bool _isReady = true;
    private bool _isHeard = true;
    private bool _isTaken = true;
    private bool _isConfirmed = true;

    [TestMethod]
    public async Task ACommandIsSignedCarriedOutOnceAndItsAnswerIsKept()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1");
        Assert.AreEqual((false, false), await DangerAsync(parts, "clear", """{"what":"demand"}""", "m1"));
        long id = Order(parts, "clear", """ { "what" : "demand" } """, "m1");
        await parts.StepAsync();
        await parts.StepAsync();
        CommandTarget target = parts.Orders.Targets(id, null, 9).Single();
        Assert.AreEqual("done", target.State, target.Answer);
        Assert.AreEqual(_now.ToUniversalTime(), target.Answered);
        StringAssert.Contains(target.Answer, $"\"id\":{target.MessageId},\"command\":\"clear\",\"ok\":true");
        CollectionAssert.AreEqual(new[] { "clear" }, _devices["m1"].Done.ToArray());
        CommandOrder order = parts.Orders.Find(id)!;
        Assert.AreEqual("done ann {\"what\":\"demand\"}", $"{order.State} {order.OrderedBy} {order.Arguments}");
        Assert.AreEqual(id, parts.Orders.List(null, 9, "m1").Single().Id);
        Assert.AreEqual(0, parts.Orders.List(null, 9, "m2").Count);
    }

    [TestMethod]
    [DataRow("relay", Open1)]
    [DataRow("limit", """{"milliamps":5999}""")]
    [DataRow("limit", """{"watts":3959}""")]
    [DataRow("prepayment", """{"opensRelay":true}""")]
    [DataRow("profile", """{"action":"set","unit":"mA","periods":[[0,16000],[60,0]]}""")]
    public async Task WhatMayTakeTheSupplyOfSeveralWaitsForASecondPerson(string command, string arguments)
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "m2");
        Assert.AreEqual((true, true), await DangerAsync(parts, command, arguments, "m1", "m2"));
        Assert.IsNull(parts.Desk.Order(New(command, arguments, "m1", "m2"), "token x", isPerson: false).Id);
        long id = Order(parts, command, arguments, "m1", "m2");
        await parts.StepAsync();
        Assert.AreEqual("waiting", parts.Orders.Find(id)!.State);
        Assert.IsNotNull(parts.Desk.Approve(id, "ann", isPerson: true), "she ordered it herself");
        Assert.IsNotNull(parts.Desk.Approve(id, "token x", isPerson: false));
        await parts.StepAsync();
        Assert.AreEqual(0, _devices["m1"].Done.Count + _devices["m2"].Done.Count);
        Assert.IsNull(parts.Desk.Approve(id, "bob", isPerson: true));
        await parts.StepAsync();
        await parts.StepAsync();
        Assert.AreEqual("done bob", $"{parts.Orders.Find(id)!.State} {parts.Orders.Find(id)!.ApprovedBy}");
        CollectionAssert.AreEqual(new[] { command }, _devices["m2"].Done.ToArray());
    }

    [TestMethod]
    [DataRow("relay", """{"closed":true}""")]
    [DataRow("limit", """{"milliamps":6000}""")]
    [DataRow("limit", """{"action":"clear"}""")]
    [DataRow("health", "{}")]
    public async Task WhatTakesNobodysSupplyNeedsNoSecondPerson(string command, string arguments)
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "m2");
        Assert.AreEqual((false, false), await DangerAsync(parts, command, arguments, "m1", "m2"));
        Order(parts, command, arguments, "m1", "m2");
        await parts.StepAsync();
        Assert.AreEqual(1, _devices["m1"].Done.Count);
        Assert.AreEqual(1, _devices["m2"].Done.Count);
    }

    [TestMethod]
    public async Task OneDeviceAfterTheOtherWithinAnHourIsSeveral()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "m2");
        Order(parts, "relay", Open1, "m1");
        await parts.StepAsync();
        CollectionAssert.AreEqual(new[] { "relay" }, _devices["m1"].Done.ToArray(), "one device needs one person");
        Assert.AreEqual((true, false), await DangerAsync(parts, "relay", Open1, "m1"), "the same one again");
        Assert.AreEqual((true, true), await DangerAsync(parts, "relay", Open1, "m2"));
        _now = _now.AddHours(1).AddSeconds(1);
        Assert.AreEqual((true, false), await DangerAsync(parts, "relay", Open1, "m2"));
    }

    [TestMethod]
    public async Task OrdersOfOneDeviceEachAtTheSameMomentAreSeveral()
    {
        using TestedStore store = Open();
        string[] many = [.. Enumerable.Range(1, 50).Select(i => $"d{i}")];
        Parts parts = Make(store, many);
        using Barrier together = new(many.Length);
        await Task.WhenAll(many.Select(device => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait();
            Order(parts, "relay", Open1, device);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.AreEqual("running 1, waiting 49", string.Join(", ", parts.Orders.List(null, 99)
            .GroupBy(order => order.State).OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Count()}")));
    }

    [TestMethod]
    public async Task ADeviceThatIsNeverToBeDisconnectedGetsNothingThatMayDoSo()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "kept");
        Assert.AreEqual(PlannedDevice.Protected,
            parts.Desk.Simulate(New("relay", Open1, "kept"), "ann").Plan!.Devices.Single().Outcome);
        long id = Order(parts, "relay", Open1, "kept");
        await parts.StepAsync();
        Assert.AreEqual("protected", parts.Orders.Targets(id, null, 9).Single().State);
        Order(parts, "health", "{}", "kept");
        await parts.StepAsync();
        CollectionAssert.AreEqual(new[] { "health" }, _devices["kept"].Done.ToArray());
    }

    [TestMethod]
    public async Task SoManyDevicesAMinuteAndTheStopButtonHoldsForTheRest()
    {
        using TestedStore store = Open();
        string[] many = [.. Enumerable.Range(1, 7).Select(i => $"d{i}")];
        Parts parts = Make(store, many);
        Assert.AreEqual(4, parts.Desk.Simulate(New("relay", Open1, many), "ann").Plan!.Minutes);
        long id = Order(parts, "relay", Open1, many);
        Assert.IsNull(parts.Desk.Approve(id, "bob", isPerson: true));
        await parts.StepAsync();
        await parts.StepAsync();
        _now = _now.AddSeconds(59);
        await parts.StepAsync();
        Assert.AreEqual(2, Done(), "two in any minute");
        _now = _now.AddSeconds(2);
        await parts.StepAsync();
        await parts.StepAsync();
        Assert.AreEqual(4, Done());
        Assert.IsTrue(parts.Orders.Stop(id, "carl"));
        _now = _now.AddMinutes(5);
        await parts.StepAsync();
        Assert.AreEqual(4, Done());
        Assert.AreEqual("done 4, stopped 3", string.Join(", ",
            parts.Orders.Counts(id).Select(one => $"{one.Key} {one.Value}")));
        Assert.AreEqual("stopped carl", $"{parts.Orders.Find(id)!.State} {parts.Orders.Find(id)!.StoppedBy}");
        Assert.IsFalse(parts.Orders.Stop(id, "carl"));
        Assert.IsNotNull(parts.Desk.Approve(id, "bob", isPerson: true));
    }

    [TestMethod]
    public async Task ReconnectionIsSpread()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "m2", "kept");
        Order(parts, "relay", """{"closed":true}""", "m1", "m2", "kept");
        await parts.StepAsync();
        await parts.StepAsync();
        Assert.AreEqual(2, Done());
        _now = _now.AddSeconds(61);
        await parts.StepAsync();
        Assert.AreEqual(3, Done(), "one that is never to be disconnected may be connected");
    }

    [TestMethod]
    public async Task WhatADeviceRefusesOrDoesNotAnswerIsNamed()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "m2");
        _devices["m1"].Refusal = CommandRefusal.Busy;
        long refused = Order(parts, "health", "{}", "m1");
        await parts.StepAsync();
        await parts.StepAsync();
        StringAssert.Contains(parts.Orders.Targets(refused, null, 9).Single().Answer, "\"busy\"");
        Assert.AreEqual("refused", parts.Orders.Targets(refused, null, 9).Single().State);
        _isHeard = false;
        long silent = Order(parts, "health", "{}", "m2");
        await parts.StepAsync();
        Assert.AreEqual("sent", parts.Orders.Targets(silent, null, 9).Single().State);
        _now = _now.AddSeconds(301);
        await parts.StepAsync();
        Assert.AreEqual("silent done", $"{parts.Orders.Targets(silent, null, 9).Single().State} "
            + parts.Orders.Find(silent)!.State);
    }

    [TestMethod]
    public async Task NothingIsSentTwiceWhateverFails()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1", "nokey");
        long id = Order(parts, "health", "{}", "m1");
        _isReady = false;
        await parts.StepAsync();
        Assert.AreEqual("waiting", parts.Orders.Targets(id, null, 9).Single().State, "no broker");
        _isReady = true;
        parts.Signer.IsAway = true;
        await parts.StepAsync();
        await parts.StepAsync();
        Assert.AreEqual("waiting", parts.Orders.Targets(id, null, 9).Single().State, "no signer");
        Assert.AreEqual("commands wait: away", _log.Single(), "told once");
        parts.Signer.IsAway = false;
        _isTaken = false;
        await parts.StepAsync();
        _isTaken = true;
        await parts.StepAsync();
        CommandTarget target = parts.Orders.Targets(id, null, 9).Single();
        Assert.AreEqual("silent no answer; it may have been carried out: gone", $"{target.State} {target.Answer}");
        Assert.AreEqual(0, _devices["m1"].Done.Count);
        long unsigned = Order(parts, "health", "{}", "nokey");
        await parts.StepAsync();
        StringAssert.Contains(parts.Orders.Targets(unsigned, null, 9).Single().Answer, "no utility key of nokey");
    }

    [TestMethod]
    public async Task AnAnswerIsTakenThoughTheBrokerDidNotConfirmTheCommand()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1");
        long id = Order(parts, "health", "{}", "m1");
        _isConfirmed = false;
        await parts.StepAsync();
        Assert.AreEqual("silent", parts.Orders.Targets(id, null, 9).Single().State);
        await parts.StepAsync();
        CommandTarget target = parts.Orders.Targets(id, null, 9).Single();
        Assert.AreEqual("done", target.State, target.Answer);
        StringAssert.Contains(target.Answer, "\"ok\":true");
        CollectionAssert.AreEqual(new[] { "health" }, _devices["m1"].Done.ToArray(), "not sent again");
    }

    [TestMethod]
    public async Task ADeviceWhoseNumbersRanAheadTakesTheNextOrder()
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1");
        DateTimeOffset now = _now;
        _now = now.AddSeconds(200);
        Order(parts, "health", "{}", "m1");
        await parts.StepAsync();
        _now = now;
        long second = Order(parts, "freeze", "{}", "m1");
        await parts.StepAsync();
        await parts.StepAsync();
        Assert.AreEqual("done", parts.Orders.Targets(second, null, 9).Single().State);
        CollectionAssert.AreEqual(new[] { "health", "freeze" }, _devices["m1"].Done.ToArray());
    }

    [TestMethod]
    [DataRow("dance", "{}", "m1", "why", "utility", "command")]
    [DataRow("reset", "{}", "m1", "why", "utility", "role")]
    [DataRow("health", "[]", "m1", "why", "utility", "arguments")]
    [DataRow("health", "{}},\"mac\":\"", "m1", "why", "utility", "arguments")]
    [DataRow("health", """{"a":1,"a":2}""", "m1", "why", "utility", "arguments")]
    [DataRow("health", """{"bad":1}""", "m1", "why", "utility", "arguments of health")]
    [DataRow("health", "{}", "m 1", "why", "utility", "devices")]
    [DataRow("health", "{}", "", "why", "utility", "devices")]
    [DataRow("health", "{}", "m1,m1", "why", "utility", "devices")]
    [DataRow("health", "{}", "m7", "why", "utility", "devices: m7")]
    [DataRow("health", "{}", "m1", " ", "utility", "why")]
    [DataRow("health", "{}", "m1", "why", "king", "role")]
    public void AnOrderThatCannotBeIsNamedAndNothingIsKept(string command, string arguments, string devices, string why,
        string role, string named)
    {
        using TestedStore store = Open();
        Parts parts = Make(store, "m1");
        (long? id, string problem) = parts.Desk.Order(new NewOrder(command, arguments,
            devices.Split(',', StringSplitOptions.RemoveEmptyEntries), why, role), "ann", isPerson: true);
        Assert.IsNull(id);
        StringAssert.StartsWith(problem, named);
        Assert.AreEqual(0, parts.Orders.List(null, 9).Count);
    }

    private static NewOrder New(string command, string arguments, params string[] devices) =>
        new(command, arguments, devices, "test");

    private static long Order(Parts parts, string command, string arguments, params string[] devices)
    {
        (long? id, string problem) = parts.Desk.Order(New(command, arguments, devices), "ann", isPerson: true);
        Assert.IsNull(problem);
        return id!.Value;
    }

    /// <summary>What a simulation says, and that nothing comes of it.</summary>
    private static async Task<(bool IsDangerous, bool NeedsTwo)> DangerAsync(
        Parts parts, string command, string arguments, params string[] devices)
    {
        int before = parts.Orders.List(null, 99).Count;
        OrderPlan plan = parts.Desk.Simulate(New(command, arguments, devices), "ann").Plan!;
        await parts.StepAsync();
        Assert.AreEqual(before, parts.Orders.List(null, 99).Count);
        return (plan.IsDangerous, plan.NeedsTwo);
    }

    private int Done() => _devices.Values.Sum(device => device.Done.Count);

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
            + string.Concat(devices.Select(one =>
                $"{one},T1,,,{(one == "kept" ? "yes" : "")},2026-02-01T00:00:00+08:00,\n"))).Count);
        foreach (string device in devices)
        {
            _devices.Add(device, new CommandedDevice(device));
        }

        List<RoleKey> keys = RoleKey.Parse("keys", string.Concat(_devices.Values
            .Where(device => device.Address != "nokey").Select(device => device.KeyLine())));
        OrderStore orders = new(store.Behind, () => _now);
        OrderLimits limits = new() { DangerousDevicesAMinuteMax = 2 };
        DeskSigner signer = new(new SigningDesk(keys, "t", 50, () => _now));
        OrderDispatcher dispatcher = null;
        dispatcher = new OrderDispatcher(orders, fleet, signer, limits, () => _isReady, (device, message) =>
        {
            if (!_isTaken)
            {
                throw new IOException("gone");
            }

            if (_isHeard && _devices[device].Handle(Encoding.UTF8.GetBytes(message), _now) is { } reply)
            {
                dispatcher.Take(device, reply);
            }

            return _isConfirmed ? Task.CompletedTask : Task.FromException(new TimeoutException("late"));
        }, _log.Add, () => _now);
        OrderDesk desk = new(orders, fleet, limits, (command, arguments) => arguments.Contains("bad")
            ? $"arguments of {command}: no" : null, () => _now);
        return new Parts(orders, desk, dispatcher, signer);
    }

    private sealed record Parts(OrderStore Orders, OrderDesk Desk, OrderDispatcher Dispatcher, DeskSigner Signer)
    {
        public Task StepAsync() => Dispatcher.StepAsync(CancellationToken.None);
    }
}
