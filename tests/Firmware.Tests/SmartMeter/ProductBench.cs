using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Firmware.Tests.Telemetry;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>The meter product on a simulated chip, ticked by hand, and its commands.</summary>
internal sealed class ProductBench : IClock, IRelay
{
    private readonly ByteTextWriter _result = new ByteTextWriter(512);
    private readonly FlatJson _arguments = new FlatJson(16, 4);

    public ProductBench()
        : this(new RamBlockStore(2, 8192))
    {
    }

    public ProductBench(RamBlockStore tariffs)
    {
        TariffStore = tariffs;
        Product = new SmartMeterProduct(new SmartMeterParts
        {
            Clock = this,
            Sensor = new Ade7953PowerSensor(Twin, new Ade7953Configuration()),
            Records = Records,
            Checkpoints = new CheckpointStore(new RamBlockStore(2, 8192), 4000),
            Link = new FakeLink(),
            Tariff = TableBytes.Shanghai().Load(),
            Metering = new MeterConfiguration(),
            Telemetry = new TelemetryOptions(),
            Limits = new SmartMeterLimits(),
        });
        Commands = new MeterCommands(Product, this, this, new CheckpointStore(tariffs, 2048), 2048);
        Twin.SetLoad(230_000, 5000, 1_000_000, 0, 50_000);
    }

    public Ade7953Twin Twin { get; } = new Ade7953Twin();

    public MemoryRecordLog Records { get; } = new MemoryRecordLog(64, IntervalRecord.BytesMax);

    public RamBlockStore TariffStore { get; }

    public SmartMeterProduct Product { get; }

    public MeterCommands Commands { get; }

    public long NowMs { get; private set; }

    /// <summary>2026-01-01T10:00:00+08:00.</summary>
    public long UtcMs { get; private set; } = 1_767_232_800_000;

    public bool IsClosed { get; private set; }

    public void Run(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            NowMs += 1000;
            UtcMs += 1000;
            Twin.Advance(1000);
            Product.Tick(NowMs);
        }
    }

    public int Execute(int code, string arguments)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(arguments);
        Invariant.Require(_arguments.TryRead(bytes, 0, bytes.Length), "the test's JSON is good");
        _result.Clear();
        _result.BeginObject();
        int refusal = Commands.Execute(code, 0, _arguments, _result);
        _result.EndObject();
        return refusal;
    }

    public string Result() => Encoding.UTF8.GetString(_result.Bytes, 0, _result.Length);

    /// <summary>Events of one code in the log.</summary>
    public int Events(int code)
    {
        byte[] bytes = new byte[IntervalRecord.BytesMax];
        EventRecord record = new EventRecord();
        int found = 0;
        for (long number = Records.OldestNumber; number < Records.NextNumber; number++)
        {
            if (Records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Event
                && record.TryRead(bytes, 0, count) && record.Code == code)
            {
                found++;
            }
        }

        return found;
    }

    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        utcSeconds = UtcMs / 1000;
        milliseconds = (int)(UtcMs % 1000);
        return true;
    }

    public void SetUtc(long utcSeconds, int milliseconds) => UtcMs = utcSeconds * 1000 + milliseconds;

    public bool TrySet(bool closed)
    {
        IsClosed = closed;
        return true;
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = IsClosed;
        return true;
    }
}
