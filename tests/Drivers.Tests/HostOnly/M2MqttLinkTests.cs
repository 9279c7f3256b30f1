using System;
using System.Text;
using System.Threading;
using MeterFirmware.Boards.Device;
using MeterFirmware.Hardware;
using nanoFramework.M2Mqtt;
using nanoFramework.M2Mqtt.Messages;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>Host only: the device's MQTT adapter over a fake of the package's client. Waits are for conditions, with a
/// limit that only a failure reaches.</summary>
[TestClass]
public class M2MqttLinkTests
{
    [TestMethod]
    public void OpenConnectsInTheBackgroundWithARetainedWill()
    {
        FakeBroker broker = Fresh();
        broker.MayConnect.Reset();
        M2MqttLink link = Open("meter-1");
        Assert.IsTrue(link.State == MqttLinkState.Connecting);
        Assert.IsFalse(link.TryPublish("t", new byte[1], 1, false), "not connected yet");
        broker.MayConnect.Set();
        Until(() => link.State == MqttLinkState.Open);
        Assert.AreEqual("meter-1", broker.Client(0).ClientId);
        Assert.AreEqual("mf/1/status={\"online\":false} retain True qos 1 True", broker.Client(0).Will);
        Assert.IsTrue(link.TrySubscribe("mf/1/#"));
        Assert.AreEqual("mf/1/# qos 1", broker.Client(0).Subscribed[0]);
        Assert.IsFalse(link.IsSubscribed, "asked for is not granted");
        broker.Client(0).Grant(1);
        Assert.IsTrue(link.IsSubscribed);
        Assert.AreEqual(24, MqttSettings.Instance.InflightQueueSize, "the package's own queue has no bound");
        link.Close();
    }

    [TestMethod]
    public void ABrokerThatRefusesIsFollowedByTheNextOfTheList()
    {
        FakeBroker broker = Fresh();
        broker.Answer = MqttReasonCode.NotAuthorized;
        M2MqttLink link = new M2MqttLink(64)
        {
            Broker = new MqttBroker
            {
                Host = "a.example,b.example:8884",
                Port = 1883
            }
        };
        for (int i = 0; i < 3; i++)
        {
            link.Open("meter-1", "mf/1/status", Encoding.UTF8.GetBytes("{}"));
            int attempts = i + 1;
            Until(() => broker.ClientCount == attempts && link.State == MqttLinkState.Closed);
            link.Close();
        }

        Assert.AreEqual("a.example:1883", broker.Client(0).Address);
        Assert.AreEqual("b.example:8884", broker.Client(1).Address);
        Assert.AreEqual("a.example:1883", broker.Client(2).Address);
        broker.Answer = MqttReasonCode.Success;
        link.Open("meter-1", "mf/1/status", Encoding.UTF8.GetBytes("{}"));
        Until(() => link.State == MqttLinkState.Open);

        // Open, but given up by its supervisor: nobody answers behind it.
        link.Close();
        link.Open("meter-1", "mf/1/status", Encoding.UTF8.GetBytes("{}"));
        Until(() => link.State == MqttLinkState.Open);
        Assert.AreEqual("a.example:1883", broker.Client(4).Address);
        link.Close();
    }

    [TestMethod]
    [DataRow("dns", "link: broker's name not found")]
    [DataRow("connack", "link: broker silent, or TLS failed")]
    [DataRow("refused", "link: broker refused the client")]
    public void AFailedConnectSaysHowFarItCameAndTheNextOpenIsAFreshClient(string failure, string error)
    {
        FakeBroker broker = Fresh();
        broker.IsUnresolvable = failure == "dns";
        broker.ThrowsOnConnect = failure == "connack";
        broker.Answer = failure == "refused" ? MqttReasonCode.NotAuthorized : MqttReasonCode.Success;
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Closed);
        Assert.AreEqual(error, link.LastError);
        link.Close();
        Assert.AreEqual(error, link.LastError, "it outlives the close");
        int failed = broker.ClientCount;
        if (failed > 0)
        {
            Until(() => broker.Client(0).Calls == "Close ");
        }

        broker.IsUnresolvable = false;
        broker.ThrowsOnConnect = false;
        broker.Answer = MqttReasonCode.Success;
        link.Open("meter-1", "w", new byte[0]);
        Until(() => link.State == MqttLinkState.Open);
        Assert.AreEqual(failed + 1, broker.ClientCount);
        Assert.IsNull(link.LastError);
        broker.Client(failed).Break();
        Assert.AreEqual("link: connection lost", link.LastError);
        link.Close();
    }

    [TestMethod]
    public void CloseDuringAConnectThrowsItsClientAway()
    {
        FakeBroker broker = Fresh();
        broker.MayConnect.Reset();
        M2MqttLink link = Open("meter-1");
        Until(() => broker.ClientCount == 1 && broker.Client(0).ClientId != null);
        link.Close();
        Assert.IsTrue(link.State == MqttLinkState.Closed, "at once, although Connect still hangs");
        broker.MayConnect.Set();
        Until(() => broker.Client(0).Calls == "Disconnect closed ");
        Assert.IsTrue(link.State == MqttLinkState.Closed);
        link.Close();
    }

    [TestMethod]
    public void AnOpenDuringAHangingConnectReplacesIt()
    {
        FakeBroker broker = Fresh();
        broker.MayConnect.Reset();
        M2MqttLink link = Open("first");
        Until(() => broker.ClientCount == 1 && broker.Client(0).ClientId != null);
        link.Open("second", "w", new byte[0]);
        broker.MayConnect.Set();
        Until(() => link.State == MqttLinkState.Open);
        Assert.AreEqual("second", broker.Client(1).ClientId);
        Assert.AreEqual("Disconnect closed ", broker.Client(0).Calls, "it was over before the second began");
        Assert.AreEqual("", broker.Client(1).Calls);
        link.Close();
    }

    [TestMethod]
    public void ALostConnectionEndsInClosedAndFreesTheClient()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        broker.Client(0).Break();
        Assert.IsTrue(link.State == MqttLinkState.Closed);
        Assert.IsFalse(link.TryPublish("t", new byte[1], 1, false));
        Assert.IsFalse(link.TrySubscribe("t"));
        link.Close();
        link.Open("again", "w", new byte[0]);
        Until(() => link.State == MqttLinkState.Open);
        Assert.AreEqual("closed ", broker.Client(0).Calls, "it closed itself, and once is enough");
        link.Close();
    }

    [TestMethod]
    public void AClientThatWasLeftHasNoSayAnyMore()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("first");
        Until(() => link.State == MqttLinkState.Open);
        link.Open("second", "w", new byte[0]);
        Until(() => broker.ClientCount == 2 && link.State == MqttLinkState.Open);
        broker.Client(0).Break();
        Assert.IsTrue(link.State == MqttLinkState.Open);
        link.Close();
    }

    [TestMethod]
    public void CloseSaysGoodbyeSoThatNoWillIsPublished()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        link.Close();
        Assert.IsTrue(link.State == MqttLinkState.Closed);
        Until(() => broker.Client(0).Calls == "Disconnect closed ");
        link.Close();
    }

    [TestMethod]
    public void PublishCopiesAndStopsAtItsBound()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        byte[] payload = new byte[] { 1, 2, 3, 4 };
        int taken = 0;
        while (link.TryPublish("t", payload, 3, false))
        {
            taken++;
            Assert.IsTrue(taken <= 100);
        }

        Assert.AreEqual(16, taken);
        payload[0] = 9;
        Assert.AreEqual(3, broker.Client(0).Published[0].Length);
        Assert.AreEqual(1, (int)broker.Client(0).Published[0][0]);
        broker.Client(0).Acknowledge();
        Assert.IsTrue(link.TryPublish("t", payload, 4, false));
        Assert.IsFalse(link.TryPublish("t", payload, 4, false));
        link.Close();
    }

    [TestMethod]
    public void TheInboxIsBoundedInOrderAndRefusesWhatIsTooLong()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        for (int i = 0; i < 10; i++)
        {
            broker.Client(0).Deliver("t" + i, i == 2 ? new byte[65] : i == 3 ? new byte[0] : new byte[] { (byte)i });
        }

        Assert.AreEqual(2, link.IncomingDropped);
        MqttMessage message = new MqttMessage(64);
        for (int i = 0; i < 8; i++)
        {
            Assert.IsTrue(link.TryReceive(message));
            Assert.AreEqual("t" + i, message.Topic);
            Assert.AreEqual(i == 2, message.IsTooLong);
            Assert.AreEqual(i == 2 ? 65 : i == 3 ? 0 : 1, message.PayloadLength);
            Assert.IsTrue(i == 2 || i == 3 || message.Payload[0] == i);
        }

        Assert.IsFalse(link.TryReceive(message));
        link.Close();
    }

    [TestMethod]
    public void ARefusedSubscriptionEndsTheConnectionAndSaysSo()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        link.TrySubscribe("mf/2/#");
        broker.Client(0).Grant(128);
        Assert.IsTrue(link.State == MqttLinkState.Closed);
        Assert.IsFalse(link.IsSubscribed);
        Assert.AreEqual("link: broker refused a subscription", link.LastError);
        Until(() => broker.Client(0).Calls == "Disconnect closed ");
        link.Close();
    }

    [TestMethod]
    public void WhatTheClientDropsWithoutAWordIsSettledByTheNextAnswer()
    {
        FakeBroker broker = Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        for (int i = 0; i < 16; i++)
        {
            Assert.IsTrue(link.TryPublish("t", new byte[1], 1, false));
        }

        Assert.IsFalse(link.TryPublish("t", new byte[1], 1, false));
        broker.Client(0).Acknowledge(15);
        Assert.AreEqual(15, link.Settled);
        Assert.AreEqual(14, link.GivenUp, "a broker answers in order");
        Assert.IsTrue(link.TryPublish("t", new byte[1], 1, false));
        broker.Client(0).Acknowledge(3);
        Assert.AreEqual(15, link.Settled, "an answer that comes late settles nothing twice");
        link.Close();
    }

    // A goodbye into a half-open connection does not return: the next connection must not wait for it for ever, and the
    // ones that hang are bounded.
    [TestMethod]
    public void AConnectionThatHangsHoldsNoOther()
    {
        FakeBroker broker = Fresh();
        broker.MayConnect.Reset();
        M2MqttLink link = Open("one");
        Until(() => broker.ClientCount == 1 && broker.Client(0).ClientId != null);
        link.Open("two", "w", new byte[0]);
        Assert.IsTrue(link.State == MqttLinkState.Connecting, "behind the first, for some seconds");
        link.Open("three", "w", new byte[0]);
        Assert.IsTrue(link.State == MqttLinkState.Closed, "two that do not end are enough");
        Assert.AreEqual("link: earlier connections do not end", link.LastError);
        broker.MayConnect.Set();
        Until(() => broker.Client(0).Calls == "Disconnect closed ");
        Until(() =>
        {
            link.Open("four", "w", new byte[0]);
            return link.State != MqttLinkState.Closed;
        });
        Until(() => link.State == MqttLinkState.Open);
        Assert.IsNull(link.LastError);
        link.Close();
    }

    [TestMethod]
    public void AHeapWithoutRoomForACopyIsARefusalAndNoFault()
    {
        Fresh();
        M2MqttLink link = Open("meter-1");
        Until(() => link.State == MqttLinkState.Open);
        Assert.IsFalse(link.TryPublish("t", new byte[1], int.MaxValue, false), "no array is that long");
        Assert.AreEqual(0, link.Settled);
        Assert.IsTrue(link.TryPublish("t", new byte[1], 1, false));
        link.Close();
    }

    private static FakeBroker Fresh()
    {
        FakeBroker.Current = new FakeBroker();
        return FakeBroker.Current;
    }

    private static M2MqttLink Open(string clientId)
    {
        M2MqttLink link = new M2MqttLink(64) { Broker = new MqttBroker { Host = "broker" } };
        link.Open(clientId, "mf/1/status", Encoding.UTF8.GetBytes("{\"online\":false}"));
        return link;
    }

    private static void Until(Func<bool> condition) =>
        Assert.IsTrue(SpinWait.SpinUntil(condition, 10_000), "waited 10 s in vain");
}
