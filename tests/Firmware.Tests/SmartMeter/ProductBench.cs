using System;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Firmware.Tests.Telemetry;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>The meter product on a simulated chip, ticked by hand, and its commands.</summary>
internal sealed class ProductBench : IClock, IRelay
{
    private static readonly MeterPlan _plan = new MeterPlan { RecordBlocks = 8 };

    private readonly MeteringSettings _metering;
    private readonly int _checkpointMs;
    private readonly ByteTextWriter _result = new ByteTextWriter(512);
    private readonly FlatJson _arguments = new FlatJson(16, 4);

    public ProductBench()
        : this(new RamBlockStore(_plan.BlockCount, _plan.BlockBytes, onDemand: true),
            new MemoryRecordLog(64, IntervalRecord.BytesMax),
            new MeteringSettings())
    {
    }

    public ProductBench(MeteringSettings metering)
        : this(new RamBlockStore(_plan.BlockCount, _plan.BlockBytes, onDemand: true),
            new MemoryRecordLog(64, IntervalRecord.BytesMax),
            metering)
    {
    }

    /// <summary>A meter on a flash that holds something already.</summary>
    public ProductBench(IBlockStore flash, MeteringSettings metering)
        : this(flash, new MemoryRecordLog(64, IntervalRecord.BytesMax), metering)
    {
    }

    /// <summary>A meter that saves its registers seldom.</summary>
    public ProductBench(MeteringSettings metering, int checkpointMs)
        : this(NewFlash(), new MemoryRecordLog(64, IntervalRecord.BytesMax), metering, checkpointMs)
    {
    }

    private ProductBench(IBlockStore flash, MemoryRecordLog records, MeteringSettings metering,
        int checkpointMs = 900_000)
    {
        _checkpointMs = checkpointMs;
        Flash = flash;
        Records = records;
        _metering = metering;
        History = new HistoryParts { Factors = new EmissionFactors() };
        Meter = new CompleteMeter(new CompleteMeterParts
        {
            Clock = this,
            Sensor = new Ade7953PowerSensor(Twin, new Ade7953Settings()),
            Link = new FakeLink(),
            Flash = flash,
            Plan = _plan,
            Tariff = TableBytes.Shanghai().Load(),
            Metering = metering,
            Records = records,
            Limits = new SmartMeterLimits { CheckpointMs = checkpointMs },
            History = History,
            Quality = new QualitySettings(),
            Relay = this,
            ResetCause = 3,
        });
        Twin.SetLoad(230_000, 5000, 1_000_000, 0, 50_000);
    }

    /// <summary>The flash and the calendar of this meter after a loss of supply; power failed with or without
    /// warning.</summary>
    public ProductBench Restart(int darkSeconds, bool isWarned)
    {
        if (isWarned)
        {
            Meter.Core.PowerFails(NowMs);
        }

        return new ProductBench(Flash, Records, _metering, _checkpointMs)
        {
            UtcMs = UtcMs + darkSeconds * 1000L,
            IsClosed = IsClosed,
        };
    }

    public static RamBlockStore NewFlash() => new RamBlockStore(_plan.BlockCount, _plan.BlockBytes, onDemand: true);

    public IBlockStore Flash { get; }

    public HistoryParts History { get; }

    public CompleteMeter Meter { get; }

    public FreezeReader Freezes => Meter.Recorder.Freezes;

    public Ade7953Twin Twin { get; } = new Ade7953Twin();

    public MemoryRecordLog Records { get; }

    public SmartMeterProduct Product => Meter.Product;

    public MeterCommands Commands => Meter.Commands;

    public long NowMs { get; private set; }

    /// <summary>2026-01-01T10:00:00+08:00.</summary>
    public long UtcMs { get; set; } = 1_767_232_800_000;

    public bool IsClosed { get; set; }

    /// <summary>The events last found by <see cref="Events"/>.</summary>
    public EventRecord Event { get; } = new EventRecord();

    public void Run(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            NowMs += 1000;
            UtcMs += 1000;
            Twin.Advance(1000);
            Meter.Tick(NowMs);
        }
    }

    public int Execute(int code, string arguments) => Execute(code, CommandRole.Utility, arguments);

    public int Execute(int code, int role, string arguments)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(arguments);
        Invariant.Require(_arguments.TryRead(bytes, 0, bytes.Length), "the test's JSON is good");
        _result.Clear();
        _result.BeginObject();
        int refusal = Meter.Core.Commands.Execute(code, role, _arguments, _result);
        _result.EndObject();
        return refusal;
    }

    /// <summary>Sends a table in pieces; the last refusal.</summary>
    public int SendTariff(TableBytes table, int pieceBytes, string more)
    {
        int refusal = CommandRefusal.None;
        for (int at = 0; at < table.Length && refusal == CommandRefusal.None; at += pieceBytes)
        {
            int count = table.Length - at < pieceBytes ? table.Length - at : pieceBytes;
            string data = Convert.ToBase64String(table.Bytes, at, count);
            refusal = Execute(CommandCode.Tariff, "{\"bytes\":" + table.Length.ToString() + ",\"at\":" + at.ToString()
                + ",\"data\":\"" + data + "\"" + more + "}");
        }

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
                Event.TryRead(bytes, 0, count);
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
