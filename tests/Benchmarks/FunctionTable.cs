using System.Diagnostics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>
/// ns of a tick of one second, each row with one function more than the row above. All rows are built first and then take
/// turns, a millisecond or two at a time, so that other load on the machine is seen and left out: the best of the rounds counts.
/// </summary>
public static class FunctionTable
{
    private const long StartUtcSeconds = 1_767_196_800;
    private const int Ticks = 2_000;
    private const int Rounds = 1_000;

    private const string Flat = """
        {"name":"Flat","timezone":"+08:00","currency":"CNY","rates":["all"],"days":{"d":[["00:00","all"]]},
        "seasons":[{"from":"01-01","weekday":"d","weekend":"d"}],"prices":{"all":"0.617"}}
        """;

    private const string TimeOfUse = """
        {"name":"TOU","timezone":"+08:00","currency":"CNY","rates":["sharp","peak","flat","valley"],
        "days":{"d":[["00:00","valley"],["08:00","peak"],["12:00","flat"],["18:00","sharp"],["22:00","valley"]]},
        "seasons":[{"from":"01-01","weekday":"d","weekend":"d"}],"prices":{"sharp":"1.2","peak":"0.9","flat":"0.6","valley":"0.3"}
        """;

    private const string Tiers = """
        ,"tiers":{"period":"month","steps":[{"fromKwh":0,"add":{}},{"fromKwh":100,"add":{"peak":"0.05"}},{"fromKwh":200,"add":{"peak":"0.3"}}]}
        """;

    public static void Run()
    {
        TariffTable tiers = Load(TimeOfUse + Tiers + "}");
        (string Name, Func<int> Tick)[] rows =
        [
            ("registers: total, rate, phase, quadrant", Registers(false)),
            ("+ maximum demand", Registers(true)),
            ("+ boundaries, intervals, cost at one rate", MeterAlone(Load(Flat))),
            ("+ four rates (time of use)", MeterAlone(Load(TimeOfUse + "}"))),
            ("+ three tiers a month", MeterAlone(tiers)),
            ("+ whole product: time, telemetry, checkpoints, journal", new Bench(tiers).Tick),
            ("+ recorder: freezes, events, profile, pulses", new Bench(tiers, recorder: true).Tick),
            ("+ day-ahead prices", new Bench(tiers, recorder: true, dayAhead: true).Tick),
            ("+ prepayment", new Bench(tiers, recorder: true, dayAhead: true, prepaid: true).Tick),
            ("+ carbon", new Bench(tiers, recorder: true, dayAhead: true, prepaid: true, carbon: true).Tick),
            ("+ power quality", new Bench(tiers, recorder: true, dayAhead: true, prepaid: true, carbon: true,
                quality: true).Tick),
            ("+ DL/T 645, polled every minute: all on", new Bench(tiers, recorder: true, dayAhead: true, prepaid: true,
                carbon: true, quality: true, polled: true).Tick),
            ("and the ADE7953's driver and twin in place of a sensor",
                new Bench(tiers, recorder: true, dayAhead: true, prepaid: true, carbon: true, quality: true,
                    polled: true, chip: true).Tick),
        ];
        double[] best = new double[rows.Length];
        Array.Fill(best, double.MaxValue);
        for (int round = 0; round <= Rounds; round++)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < Ticks; i++)
                {
                    rows[row].Tick();
                }

                // The first round is the compiler's.
                double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Ticks;
                best[row] = round == 0 ? double.MaxValue : Math.Min(best[row], elapsed);
            }
        }

        Console.WriteLine("| function (each row has the one above) | ns a tick | adds | of all on |");
        Console.WriteLine("|---|---:|---:|---:|");
        for (int row = 0; row < rows.Length; row++)
        {
            double adds = row == 0 ? best[row] : best[row] - best[row - 1];
            Console.WriteLine($"| {rows[row].Name} | {best[row]:F0} | {adds:F0} | {best[row] / best[^2]:P0} |");
        }
    }

    private static TariffTable Load(string json)
    {
        List<TariffProblem> problems = [];
        return TariffFile.TryParse(System.Text.Encoding.ASCII.GetBytes(json), "benchmark", problems)?.Table
            ?? throw new InvalidOperationException(problems[0].Describe("benchmark"));
    }

    private static Func<int> Registers(bool hasDemand)
    {
        EnergyRegisters registers = new(4);
        DemandMeter demand = new(4, 15, 15);
        int second = 0;
        return () =>
        {
            long microjoules = 1_000_000_000 + second % 1000 * 12_345;
            registers.AddPhase(EnergyKind.Import, 0, microjoules);
            registers.AddTotal(EnergyKind.Import, 1, microjoules);
            registers.AddPhase(EnergyKind.ReactiveQuadrant1, 0, microjoules / 8);
            registers.AddTotal(EnergyKind.ReactiveQuadrant1, 1, microjoules / 8);
            if (hasDemand)
            {
                demand.Add(microjoules);
                if (second % 900 == 0)
                {
                    demand.EndSubBlock(1, second);
                }
            }

            return second++;
        };
    }

    private static Func<int> MeterAlone(TariffTable tariff)
    {
        Meter meter = new(new MeteringSettings(), tariff, new NoSink());
        Sensor sensor = new();
        Measurement reading = new();
        long now = 0;
        return () =>
        {
            now += 1000;
            sensor.TryRead(now, reading);
            meter.Accept(now, true, StartUtcSeconds * 1000 + now, reading);
            return meter.Rate;
        };
    }

    /// <summary>The whole meter with some of its functions.</summary>
    private sealed class Bench
    {
        private readonly SimulatedClock _clock = new(StartUtcSeconds);
        private readonly CompleteMeter _meter;
        private readonly Ade7953Twin? _twin;
        private readonly MeterReadout? _readout;
        private readonly Dlt645Server? _server;
        private readonly Dlt645Client? _client;
        private readonly byte[] _address = new byte[6];
        private readonly bool _isDayAhead;
        private readonly long[] _prices = new long[DayAheadPrices.QuartersOfDay];
        private int _second;

        public Bench(TariffTable tariff, bool recorder = false, bool dayAhead = false, bool prepaid = false,
            bool carbon = false, bool quality = false,
            bool polled = false, bool chip = false)
        {
            MeterPlan plan = MeterPlan.Of16Megabytes();
            _isDayAhead = dayAhead;
            _twin = chip ? new Ade7953Twin() : null;
            _twin?.SetLoad(230_000, 4400, 1_000_000, 125_000, 50_000);
            _meter = new CompleteMeter(new CompleteMeterParts
            {
                Clock = _clock,
                Sensor = chip ? new Ade7953PowerSensor(_twin, new Ade7953Settings()) : new Sensor(),
                Link = new DisconnectedLink(),
                HasBroker = false,
                Flash = new RamBlockStore(plan.BlockCount, plan.BlockBytes),
                Plan = plan,
                Tariff = tariff,
                Limits = new SmartMeterLimits { DayAheadDays = dayAhead ? 2 : 0 },
                History = !recorder ? null : new HistoryParts
                {
                    Factors = carbon ? new EmissionFactors() : null,
                    Pulse = new SimulatedRelay(),
                    PulsesPerKwh = 100,
                },
                Quality = quality ? new QualitySettings() : null,
                HasPrepayment = prepaid,
                Relay = new SimulatedRelay(),
            });
            if (recorder)
            {
                _meter.Recorder.Profile.TrySetInterval(LoadProfile.VoltageCurrent, 15);
                _meter.Recorder.Profile.TrySetInterval(LoadProfile.Energy, 15);
            }

            if (prepaid)
            {
                _meter.Terms.TrySetLevels(200_000, 80_000, 1_000_000_000_000, 0);
            }

            if (polled)
            {
                Dlt645Settings settings = new();
                _readout = new MeterReadout(new ReadoutParts
                {
                    Product = _meter.Product,
                    Time = _meter.Core.Time,
                    Settings = settings,
                    Metering = new MeteringSettings(),
                    Recorder = _meter.Recorder,
                    Profile = _meter.OpenProfile(),
                });
                Wire toMeter = new();
                Wire toMaster = new();
                _server = new Dlt645Server(new LineEnd(toMeter, toMaster), settings, _readout, 1024);
                _client = new Dlt645Client(new LineEnd(toMaster, toMeter), 1024);
            }
        }

        public int Tick()
        {
            _clock.Advance(1000);
            _twin?.Advance(1000);
            _meter.Tick(_clock.NowMs);
            if (_isDayAhead && _second % 86_400 == 10)
            {
                TakeList();
            }

            if (_client != null)
            {
                Poll();
            }

            return _second++;
        }

        private void TakeList()
        {
            TariffSets sets = _meter.Product.Meter.Tariffs;
            for (int quarter = 0; quarter < _prices.Length; quarter++)
            {
                _prices[quarter] = 400_000 + quarter * 1000;
            }

            for (int day = 0; day < 2; day++)
            {
                sets.DayAhead.TrySet(sets.InForce(TariffPart.Seasons), sets.Cursor.LocalDayNumber + day, _prices,
                    _prices, _prices.Length, out _);
            }

            _meter.Product.Meter.TariffChanged();
        }

        private void Poll()
        {
            long now = _clock.NowMs;
            if (_second % 60 == 0)
            {
                _client!.TryBeginRead(_address, 0x0001_FF00);
            }

            _client!.Tick(now);
            _readout!.Tick(now);
            _server!.Tick(now);
        }
    }

    /// <summary>A single-phase sensor that costs next to nothing.</summary>
    private sealed class Sensor : IPowerSensor
    {
        private int _reading;

        public int Faults => 0;

        public bool CountsEnergy => true;

        public bool TryRead(long nowMs, Measurement measurement)
        {
            int milliwatts = 1_000_000 + _reading++ % 1000 * 12;
            measurement.HasEnergy = true;
            measurement.FrequencyMillihertz = 49_990;
            measurement.VoltageMillivolts[0] = 229_000 + _reading % 3000;
            measurement.CurrentMilliamps[0] = milliwatts / 230;
            measurement.ActivePowerMilliwatts[0] = milliwatts;
            measurement.ReactivePowerMillivars[0] = milliwatts / 8;
            measurement.ApparentPowerMillivoltamperes[0] = milliwatts;
            measurement.PowerFactorTenThousandths[0] = 9_900;
            measurement.ImportMicrojoules[0] = milliwatts * 1000L;
            measurement.ReactiveMicrovarSeconds[0] = milliwatts / 8 * 1000L;
            return true;
        }
    }

    /// <summary>Bytes under way in one direction.</summary>
    private sealed class Wire
    {
        public byte[] Bytes { get; } = new byte[2048];

        public int Count { get; set; }
    }

    /// <summary>One end of a line on which bytes cross at once.</summary>
    private sealed class LineEnd(Wire incoming, Wire outgoing) : ISerialLine
    {
        public BusFault LastFault => BusFault.None;

        public bool TryConfigure(int baud, int parity) => true;

        public bool TryRead(byte[] buffer, int offset, int count, out int received)
        {
            received = Math.Min(count, incoming.Count);
            Array.Copy(incoming.Bytes, 0, buffer, offset, received);
            incoming.Count -= received;
            Array.Copy(incoming.Bytes, received, incoming.Bytes, 0, incoming.Count);
            return true;
        }

        public bool TryWrite(byte[] buffer, int offset, int count)
        {
            Array.Copy(buffer, offset, outgoing.Bytes, outgoing.Count, count);
            outgoing.Count += count;
            return true;
        }
    }

    private sealed class NoSink : IMeterSink
    {
        public void OnInterval(IntervalRecord record)
        {
        }

        public void OnClockStep(long fromUtcMs, long toUtcMs)
        {
        }

        public void OnTableSwitch(int parts)
        {
        }

        public void OnDayEnd(long utcSeconds)
        {
        }

        public void OnGrid(long utcSeconds)
        {
        }

        public void OnFault(int fault, bool raised, long utcSeconds)
        {
        }
    }
}
