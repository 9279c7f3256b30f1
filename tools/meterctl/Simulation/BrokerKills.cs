using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>A real mosquitto killed with -9 at random moments under a fleet of real products: every record is
/// counted.</summary>
public static class BrokerKills
{
    private const int RecordsBetweenMax = 150;
    private static readonly TimeSpan _flowLimit = TimeSpan.FromSeconds(120);

    /// <summary>Kills the broker again and again, then waits until the journals are empty.</summary>
    /// <param name="broker">Running; ended by the caller.</param>
    /// <param name="seed">Loads, waits and the moments.</param>
    /// <param name="meters">How many products.</param>
    /// <param name="kills">How often.</param>
    public static async Task<ChaosResult> RunAsync(MosquittoBroker broker, int seed, int meters, int kills)
    {
        await using SimulateRun run = await SimulateRun.StartAsync(new SimulateOptions
        {
            Meters = meters,
            Chargers = 0,
            Broker = new MqttBrokers([MqttAddress.Loopback(broker.Port)]),
            Hours = 1_000_000,
            Seed = seed,
        });
        using CancellationTokenSource enough = new();
        Task running = Task.Run(() => run.Run(enough.Token));
        Random random = new(seed);
        for (int kill = 0; kill < kills; kill++)
        {
            // A random moment: after so many more records, in the middle of whatever is under way.
            await FlowAsync(run.HeadEnd!, random.Next(1, RecordsBetweenMax), running, kill);
            broker.Kill();
            broker.Start();
        }

        await enough.CancelAsync();
        await running;
        ChaosFailure.Require(run.Drain(TimeSpan.FromSeconds(120)), "the journals did not become empty");
        SimulateResult result = run.Count();
        ChaosFailure.Require(result.StoredByHeadEnd == result.Produced - result.Dropped,
            "stored is not what was produced");
        return new ChaosResult("mosquitto killed with -9", kills, result.Lost!.Value, result.Doubled!.Value,
            FormattableString.Invariant(
            $"{meters} meters, {result.Produced} records: {result.Acknowledged} acknowledged, {result.Pending} in journals, {result.DeliveredAgain} delivered again and recognised"));
    }

    private static async Task FlowAsync(HeadEnd headEnd, int records, Task running, int kill)
    {
        long goal = headEnd.Counters.Stored + records;
        long limitMs = Environment.TickCount64 + (long)_flowLimit.TotalMilliseconds;
        while (headEnd.Counters.Stored < goal)
        {
            ChaosFailure.Require(!running.IsCompleted, "the fleet ended");
            ChaosFailure.Require(Environment.TickCount64 < limitMs, $"no records flow again after kill {kill}");
            await Task.Delay(1);
        }
    }
}
