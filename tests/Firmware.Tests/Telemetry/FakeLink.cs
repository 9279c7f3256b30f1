using System;
using System.Collections;
using System.Text;
using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Telemetry;

/// <summary>A link in the test's hand: what was published is kept, what arrives is put in, and it can fail in every
/// way.</summary>
public sealed class FakeLink : IMqttLink
{
    private readonly ArrayList _incoming = new ArrayList();

    /// <summary>Topics and payloads in turn, as text.</summary>
    public ArrayList Published { get; } = new ArrayList();

    public ArrayList Subscribed { get; } = new ArrayList();

    public MqttLinkState State { get; set; }

    public string LastError { get; set; }

    /// <summary>What <see cref="State"/> becomes by Open; Connecting is a broker that hangs.</summary>
    public MqttLinkState AfterOpen { get; set; } = MqttLinkState.Open;

    /// <summary>Messages taken before the link says that it is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>False: the broker has not answered the subscriptions yet.</summary>
    public bool IsSubscribed { get; set; } = true;

    /// <summary>False: the broker confirms nothing.</summary>
    public bool IsConfirming { get; set; } = true;

    public int Settled { get; private set; }

    public int GivenUp { get; private set; }

    public int IncomingDropped { get; set; }

    /// <summary>Publications that the link had a say on.</summary>
    public int Asked { get; private set; }

    public int Opens { get; private set; }

    public int Closes { get; private set; }

    public string WillTopic { get; private set; }

    public string Will { get; private set; }

    public bool LastWasRetained { get; private set; }

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        Opens++;
        Settled = 0;
        GivenUp = 0;
        WillTopic = willTopic;
        Will = Encoding.UTF8.GetString(willPayload, 0, willPayload.Length);
        State = AfterOpen;
    }

    public void Close()
    {
        Closes++;
        State = MqttLinkState.Closed;
    }

    public bool TrySubscribe(string topicFilter)
    {
        if (State != MqttLinkState.Open)
        {
            return false;
        }

        Subscribed.Add(topicFilter);
        return true;
    }

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        Asked++;
        if (State != MqttLinkState.Open || Room <= 0)
        {
            return false;
        }

        Room--;
        Settled += IsConfirming ? 1 : 0;
        LastWasRetained = retain;
        Published.Add(topic);
        Published.Add(Encoding.UTF8.GetString(payload, 0, payloadLength));
        return true;
    }

    public bool TryReceive(MqttMessage message)
    {
        if (_incoming.Count == 0)
        {
            return false;
        }

        message.Topic = (string)_incoming[0];
        byte[] payload = (byte[])_incoming[1];
        _incoming.RemoveAt(0);
        _incoming.RemoveAt(0);
        message.PayloadLength = payload.Length;
        if (payload.Length <= message.Payload.Length)
        {
            Array.Copy(payload, 0, message.Payload, 0, payload.Length);
        }

        return true;
    }

    /// <summary>What waits for the broker's answer gets none.</summary>
    public void GiveUp(int messages)
    {
        Settled += messages;
        GivenUp += messages;
    }

    public void Arrive(string topic, string payload)
    {
        _incoming.Add(topic);
        _incoming.Add(Encoding.UTF8.GetBytes(payload));
    }

    /// <summary>Payloads published on a topic since the last <see cref="Forget"/>.</summary>
    public int CountOn(string topic)
    {
        int count = 0;
        for (int i = 0; i < Published.Count; i += 2)
        {
            count += (string)Published[i] == topic ? 1 : 0;
        }

        return count;
    }

    /// <summary>The last payload on a topic; empty when there is none.</summary>
    public string LastOn(string topic)
    {
        for (int i = Published.Count - 2; i >= 0; i -= 2)
        {
            if ((string)Published[i] == topic)
            {
                return (string)Published[i + 1];
            }
        }

        return "";
    }

    public void Forget() => Published.Clear();
}
