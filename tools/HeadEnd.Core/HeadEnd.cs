using System.Buffers;
using MQTTnet;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The utility's side: subscribes to every device below mf/v1/, stores each record once, acknowledges what is durable,
/// answers with totals. Devices keep a record until that acknowledgement, so the head-end may be stopped, killed or
/// cut off at any moment.
/// </summary>
public sealed class HeadEnd : IAsyncDisposable
{
    /// <summary>Below mosquitto's default Receive Maximum of 20: a broker may end the connection of a client that has
    /// more QoS 1 messages under way (MQTT 5, section 3.3.4), and MQTTnet does not count for us.</summary>
    private const int AcknowledgementsInFlightMax = 16;

    private readonly HeadEndOptions _options;
    private readonly IHeadEndStore _store;
    private readonly bool _ownsStore;
    private readonly RecordIntake _intake;
    private DateTimeOffset _expiryDue = DateTimeOffset.MinValue;
    private readonly ArrivalQueue _arrivals;
    private readonly Refusals _refusals;
    private readonly CancellationTokenSource _stop = new();
    private readonly HeadEndLink _link;
    private readonly TimeTeller _timeTeller;
    private string _lastError = "";
    private Task _running = Task.CompletedTask;
    private Task _storing = Task.CompletedTask;

    public HeadEnd(HeadEndOptions options)
    {
        _options = options;
        _ownsStore = options.Store == null;
        _store = options.Store ?? new SqliteStore(options.DatabasePath);
        _intake = new RecordIntake(_store)
        {
            Announce = Tell,
            UtcNow = options.UtcNow,
            RetentionMonths = options.RetentionMonths,
        };
        _arrivals = new ArrivalQueue(options.QueueBytesMax);
        _timeTeller = new TimeTeller(options);
        _refusals = new Refusals(Tell);
        _link = new HeadEndLink(options, Counters, Receive, () => _arrivals.IsFull, _stop.Token);
    }

    public HeadEndCounters Counters { get; } = new();

    public bool IsConnected => _link.IsConnected;

    /// <summary>Connected, and every subscription is answered: what is published from now on arrives.</summary>
    public bool IsReady => _link.IsReady;

    /// <summary>What went wrong last, for people.</summary>
    public string LastError => _lastError.Length > 0 ? _lastError : _link.LastError;

    /// <summary>Called with every reply of a device, on the receiving thread: device, payload.</summary>
    public event Action<string, ReadOnlyMemory<byte>>? Replied;

    /// <summary>What was refused, by device: at most a thousand of them, the rest together.</summary>
    public IReadOnlyList<DeviceRefusals> Refusals() => _refusals.All();

    /// <summary>Starts connecting, and keeps at it until <see cref="StopAsync"/>.</summary>
    public void Start()
    {
        _running = Task.Run(_link.RunAsync);
        _storing = Task.Run(StoreAsync);
    }

    /// <summary>Stores what has arrived, then ends.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _arrivals.Complete();
        await _running.ConfigureAwait(false);
        await _storing.ConfigureAwait(false);
    }

    /// <summary>Where everything is kept: totals, load curves, freezes are asked of it.</summary>
    public IHeadEndStore Store => _store;

    /// <summary>Energy per device, local day and rate; of one device, or of all (null).</summary>
    public IReadOnlyList<DailyTotal> Totals(string? device = null) => _store.Totals(device);

    /// <summary>Load curve of one device, or of all together (null), by start and rate, in time order.</summary>
    public IReadOnlyList<IntervalTotal> Intervals(string? device = null) => _store.Intervals(device);

    /// <summary>Registers frozen at days, settlements, table switches and by command; of one device or all (null), one
    /// kind or all (null).</summary>
    public IReadOnlyList<FrozenRegisters> Freezes(string? device = null, string? kind = null) =>
        _store.Freezes(device, kind);

    /// <summary>Every device that was ever heard of.</summary>
    public IReadOnlyList<DeviceState> Devices() => _store.Devices();

    /// <summary>How many of a device's numbers from 1 to <paramref name="upTo"/> are stored or covered by a
    /// gap.</summary>
    public long CountSettled(string device, long upTo) => _store.CountSettled(device, upTo);

    /// <summary>Asks a device for its stored records that ended after one time and not after another; they come as
    /// records, the answer with its count to <see cref="HeadEndOptions.ReplyArrived"/>.</summary>
    public Task QueryAsync(string device, string id, DateTimeOffset from, DateTimeOffset to) =>
        _link.PublishAsync(Topics.Of(device, "query"), QueryMessage(device, id, from, to));

    /// <summary>Sends a signed command; its answer comes to <see cref="Replied"/>.</summary>
    public Task CommandAsync(string device, string message) =>
        _link.PublishAsync(Topics.Of(device, "command"), message);

    internal static string QueryMessage(string device, string id, DateTimeOffset from, DateTimeOffset to) =>
        $$"""{"device":"{{device}}","id":"{{id}}","query":"records","fromUtcSeconds":{{from.ToUnixTimeSeconds()}},"""
        + $$"""
            "toUtcSeconds":{{to.ToUnixTimeSeconds()}}}
            """;

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _link.Dispose();
        if (_ownsStore)
        {
            _store.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Takes a message. Nothing that it does leaves this method: an exception here would leave the message
    /// unacknowledged, and a few of those stop a broker for everybody.</summary>
    /// <returns>Done when the broker may be told that the message was taken.</returns>
    private Task Receive(string topic, MqttApplicationMessage message)
    {
        string device = topic;
        try
        {
            if (!Topics.TrySplit(topic, out device, out string channel))
            {
                Refuse(topic, "no topic of a device: mf/v1/DEVICE/CHANNEL, 1 to 32 of A-Z a-z 0-9 - _, was expected");
                return Task.CompletedTask;
            }

            if (message.Payload.Length > _options.MessageBytesMax)
            {
                Refuse(device, $"{channel}: {message.Payload.Length} bytes, "
                    + $"at most {_options.MessageBytesMax} were expected");
                return Task.CompletedTask;
            }

            return Take(device, channel, message.Payload.ToArray(), message.Retain);
        }
        catch (Exception e)
        {
            // A callback of the owner's, a key store that is away: ours to mend, not the device's.
            Interlocked.Increment(ref Counters.FailedCount);
            _lastError = $"{device}: {e.Message}";
            return Task.CompletedTask;
        }
    }

    private Task Take(string device, string channel, byte[] payload, bool isRetained)
    {
        if (channel == "instant")
        {
            _options.InstantArrived?.Invoke(device, payload);
            return Task.CompletedTask;
        }

        if (channel is "reply" or "reported")
        {
            TellTime(device, channel == "reply" ? _timeTeller.AnswerAgain(device, payload) : null);
            NoteRefusedAcknowledgement(device, channel, payload);
            Replied?.Invoke(device, payload);
            _options.ReplyArrived?.Invoke(device, payload);
            return Task.CompletedTask;
        }

        if (Read(device, channel, payload) is not { } arrival)
        {
            return Task.CompletedTask;
        }

        if (!_arrivals.TryAdd(arrival, out Task room))
        {
            // Its device sends it again: nothing counts as delivered before it is stored and acknowledged.
            Interlocked.Increment(ref Counters.OverflowedCount);
        }

        if (arrival is StatusArrival status && !isRetained)
        {
            TellTime(status.Device, _timeTeller.Answer(status.Device, status.Next, status.Birth));
        }

        return room;
    }

    private void Refuse(string device, string reason)
    {
        Interlocked.Increment(ref Counters.RefusedCount);
        _refusals.Add(device, reason);
        _lastError = reason;
    }

    /// <summary>A device that refuses acknowledgements sends the same records for ever: a person has to see
    /// it.</summary>
    private void NoteRefusedAcknowledgement(string device, string channel, byte[] payload)
    {
        if (channel == "reply"
            && ArrivalReader.TryReadRefusal(device, payload, Topics.Of(device, "ack"), out string reason))
        {
            Interlocked.Increment(ref Counters.AcknowledgementsRefusedCount);
            _refusals.Add(device, $"an acknowledgement, by its device: {reason}");
        }
    }

    /// <summary>Sends the time, if there is something to send; without waiting, for this is the receiving
    /// thread.</summary>
    private void TellTime(string device, string? message)
    {
        if (message != null)
        {
            _ = _link.PublishAsync(Topics.Of(device, "command"), message)
                .ContinueWith(sent =>
                    _lastError = sent.Exception!.InnerException!.Message, TaskContinuationOptions.OnlyOnFaulted);
        }
    }

    private Arrival? Read(string device, string channel, byte[] payload)
    {
        Arrival? arrival;
        string why;
        if (channel == "status")
        {
            arrival = ArrivalReader.TryReadStatus(device, payload, out StatusArrival? status, out why) ? status : null;
        }
        else
        {
            Interlocked.Increment(ref Counters.ReceivedCount);
            ArrivalReader.TryReadRecord(device, payload, out arrival, out why, _options.PowerWattsMax);
        }

        if (arrival == null)
        {
            Refuse(device, $"{channel}: {why}");
        }

        return arrival;
    }

    private void Tell(string line)
    {
        try
        {
            _options.Log?.Invoke(line);
        }
        catch (Exception)
        {
            // A log that cannot be written must not stop what it is about.
        }
    }

    private async Task StoreAsync()
    {
        List<Arrival> batch = [];
        while (await _arrivals.WaitAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < _options.BatchMax && _arrivals.TryTake(out Arrival? arrival))
            {
                batch.Add(arrival!);
            }

            Dictionary<string, Settlement> settled;
            while (!TryStore(batch, out settled))
            {
                // The disk is full or the file locked: nothing is acknowledged, so devices keep what they have.
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(1_000).ConfigureAwait(false);
            }

            Interlocked.Increment(ref Counters.BatchesCount);
            await AcknowledgeAsync(batch, settled).ConfigureAwait(false);
        }
    }

    private bool TryStore(List<Arrival> batch, out Dictionary<string, Settlement> settled)
    {
        settled = [];
        try
        {
            _intake.Store(batch, Counters, _refusals);
            RemoveExpired();
        }
        catch (Exception e) when (_store.IsUnavailable(e))
        {
            _lastError = e.Message;
            return false;
        }

        foreach (Arrival arrival in batch)
        {
            settled[KeyOf(arrival)] = _intake.SettlementOf(arrival);
        }

        return true;
    }

    /// <summary>Once a day, between two batches: nothing else may write. Whatever goes wrong with it, the intake goes
    /// on.</summary>
    private void RemoveExpired()
    {
        if (_options.RetentionMonths == 0 || _options.UtcNow() < _expiryDue)
        {
            return;
        }

        try
        {
            _expiryDue = _options.UtcNow().AddDays(1);
            long removed = _intake.RemoveExpired();
            if (removed > 0)
            {
                DateTimeOffset horizon = DateTimeOffset.FromUnixTimeSeconds(_intake.HorizonUtcSeconds);
                Tell($"{removed} records from before {horizon:yyyy-MM} removed: "
                    + $"{_options.RetentionMonths} months are kept");
            }
        }
        catch (Exception e)
        {
            _expiryDue = _options.UtcNow().AddHours(1);
            _lastError = $"old records could not be removed: {e.Message}";
            Tell(_lastError);
        }
    }

    private static string KeyOf(Arrival arrival) => Sequence.KeyOf(arrival.Device, arrival.Journal);

    private async Task AcknowledgeAsync(List<Arrival> batch, Dictionary<string, Settlement> settled)
    {
        // A birth is answered when the device does not know yet how far we are; records always are, doubles too.
        HashSet<Settlement> wanted = [.. batch.Where(arrival => arrival switch
        {
            StatusArrival status => status.Online && status.Acknowledged < settled[KeyOf(status)].UpTo,
            _ => true,
        }).Select(arrival => settled[KeyOf(arrival)])];
        foreach (Settlement[] some in wanted.Chunk(AcknowledgementsInFlightMax))
        {
            await Task.WhenAll(some.Select(TryAcknowledgeAsync)).ConfigureAwait(false);
        }
    }

    private async Task TryAcknowledgeAsync(Settlement settlement)
    {
        try
        {
            string message = settlement.Message(_options.AcknowledgementKeyOf?.Invoke(settlement.Device));
            await _link.PublishAsync(Topics.Of(settlement.Device, "ack"), message).ConfigureAwait(false);
            Interlocked.Increment(ref Counters.AcknowledgementsCount);
        }
        catch (Exception e)
        {
            // Lost with the connection: the device sends again, and is acknowledged again.
            _lastError = e.Message;
        }
    }
}
