using System;
using System.Linq;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using static MeterFirmware.Boards.Simulator.Chaos.ChaosFailure;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>
/// A native call (TLS handshake, DNS, a hung bus) holds all managed code. The meter's energy must not care, its deadlines
/// may be late by the hold and no more, and a charger's contactor is opened by the hardware.
/// </summary>
public static class HoldChaos
{
    public const int HoldMs = 30_000;

    private const int GuardMsMax = 100;
    private const int CheckpointMs = 900_000;
    private const long StartUtcSeconds = 1_767_225_600;
    private const int MicrojoulesPerMs = 3_600_000;

    /// <summary>Holds the meter's loop at random moments of a day; counts Wh that are missing or too many as lost or doubled.</summary>
    public static ChaosResult Meter(TariffTable tariff, int seed, int holds)
    {
        Random random = new(seed);
        SmartMeter.MeterPlan plan = new() { BlockBytes = 16_384 };
        FaultyBlockStore flash = new(plan.BlockCount, plan.BlockBytes);
        MemoryRecordLog log = new(20_000, IntervalRecord.BytesMax);
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = tariff,
            StartUtcSeconds = StartUtcSeconds,
            Records = log,
            Plan = plan,
            Flash = flash,
            Link = new DisconnectedLink(),
            Telemetry = new TelemetrySettings { Device = "hold-1" },
        });
        long flowed = 0;
        void Step(int milliseconds)
        {
            meter.Step(milliseconds, (long)MicrojoulesPerMs * milliseconds);
            flowed += (long)MicrojoulesPerMs * milliseconds;
        }

        // The chip needs some ms until it counts; what flows meanwhile is nobody's.
        while (!meter.Product.HasReading)
        {
            Step(10);
        }

        long before = Microjoules(meter);
        flowed = 0;
        for (int hold = 0; hold < holds; hold++)
        {
            for (int second = random.Next(1, 600); second > 0; second--)
            {
                Step(1_000);
            }

            Step(HoldMs);
        }

        long missing = flowed - (Microjoules(meter) - before);
        long intervals = meter.Clock.NowMs / CheckpointMs;
        Require(log.NextNumber - 1 >= intervals, "an interval was left out");
        Require(flash.Writes >= meter.Clock.NowMs / (CheckpointMs + HoldMs), "the registers were saved too seldom");

        // The chip counts whole steps of some 0.15 mWs: one may be under way.
        const long CountMicrojoules = 200_000;
        return new ChaosResult("30 s hold of all managed code, meter", holds, missing > CountMicrojoules ? 1 : 0,
            missing < -CountMicrojoules ? 1 : 0,
            FormattableString.Invariant($"{flowed / 3_600_000_000} Wh flowed, {missing} µJ not booked; ")
            + FormattableString.Invariant($"{log.NextNumber - 1} records, {flash.Writes} checkpoints"));
    }

    /// <summary>Holds the charger's loop while it charges; the tick-alive circuit must open the contactor.</summary>
    public static ChaosResult Charger(int seed, int holds)
    {
        Random random = new(seed);
        long late = 0;
        long worstMs = 0;
        for (int hold = 0; hold < holds; hold++)
        {
            int atMs = random.Next(6_000, 12_000);
            ChargerScenarioRunner runner = new(ChargerScenarioFile.Parse($$$"""
                {"standard":"iec61851","untilMs":{{{atMs + HoldMs}}},"steps":[
                {"atMs":1000,"set":{"cpVolts":9}},
                {"atMs":3000,"set":{"cpVolts":6}},
                {"atMs":5000,"set":{"lineAmps":[15,15,15]}},
                {"atMs":{{{atMs}}},"set":{"loopStallMs":{{{HoldMs}}}}}]}
                """));
            long openMs = -1;
            bool wasClosed = false;
            foreach (ChargerScenarioEvent some in runner.Run())
            {
                wasClosed |= some.Contactor == "closed" && some.AtMs < atMs;
                openMs = openMs < 0 && some.Contactor == "open" && some.AtMs >= atMs ? some.AtMs : openMs;
            }

            Require(wasClosed, "the charger did not charge");
            late += openMs < 0 || openMs - atMs > GuardMsMax ? 1 : 0;
            worstMs = Math.Max(worstMs, openMs < 0 ? HoldMs : openMs - atMs);
        }

        return new ChaosResult("30 s hold of all managed code, charger", holds, late, 0,
            $"contactor open after at most {worstMs} ms");
    }

    /// <summary>Ten thousand devices lose the broker, or their power, in the same second: how they come back.</summary>
    public static ChaosResult Return(int devices)
    {
        const int AtMs = 3_600_000;
        TelemetrySettings settings = new();
        int[] perSecond = new int[settings.SpreadMs / 1_000 + 1];
        long outside = 0;
        for (int i = 0; i < devices; i++)
        {
            settings = new TelemetrySettings { Device = FormattableString.Invariant($"{i:000000000000}") };
            ScriptedState link = new();
            LinkSupervisor supervisor = new(link, link, settings, new TelemetryCounters(), "w", []);
            for (int tick = 0; supervisor.State != LinkState.Online; tick++)
            {
                Require(tick < 100, "a device does not come online");
                supervisor.Tick(tick * 1_000);
            }

            link.State = MqttLinkState.Closed;
            supervisor.Tick(AtMs);
            long waitMs = supervisor.NextAttemptMs - AtMs;
            outside += supervisor.State != LinkState.Waiting || waitMs < 0 || waitMs > settings.SpreadMs ? 1 : 0;
            perSecond[Math.Clamp(waitMs, 0, settings.SpreadMs) / 1_000]++;
        }

        return new ChaosResult("devices that come back at once", devices, outside, 0,
            $"over {settings.SpreadMs / 1_000} s, at most {perSecond.Max()} in one second");
    }

    private static long Microjoules(SimulatedMeter meter) =>
        meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour
        + meter.Product.Meter.Registers.TotalRemainder(EnergyKind.Import);

    private sealed class ScriptedState : IMqttLink, ILinkIntroduction
    {
        public MqttLinkState State { get; set; }

        public string LastError => null;

        public bool IsSubscribed => true;

        public int Settled => 0;

        public int GivenUp => 0;

        public int IncomingDropped => 0;

        public void Open(string clientId, string willTopic, byte[] willPayload) => State = MqttLinkState.Open;

        public void Close() => State = MqttLinkState.Closed;

        public bool TrySubscribe(string topicFilter) => true;

        public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain) => true;

        public bool TryReceive(MqttMessage message) => false;

        public bool TryIntroduce(IMqttLink link, bool isFirst) => true;
    }
}
