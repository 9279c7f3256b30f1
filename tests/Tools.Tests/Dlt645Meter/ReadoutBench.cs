using System;
using System.Collections.Generic;
using System.IO;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>The whole meter over its simulated chip behind the real server, and the real client at the other end.</summary>
internal sealed class ReadoutBench : ITemperatureSensor, IHarmonicSource, ITariffKeeper
{
    public const string OperatorCode = "04030201";

    /// <summary>2026-01-30T00:00:00+08:00.</summary>
    public const long Start = 1_769_702_400;

    private const string TariffText = """
        {"name":"readout","timezone":"+08:00","currency":"CNY","rates":["sharp","peak","flat","valley"],
        "days":{"workday":[["00:00","valley"],["08:00","peak"],["12:00","flat"],["18:00","sharp"],["22:00","valley"]],"restday":[["00:00","flat"]]},
        "seasons":[{"from":"01-01","weekday":"workday","weekend":"workday"},{"from":"07-01","weekday":"restday","weekend":"restday"}],
        "holidays":[{"date":"2026-10-01","day":"restday"}],
        "prices":{"sharp":"1.2","peak":"0.9","flat":"0.6","valley":"0.3"},
        "tiers":{"period":"year","steps":[{"fromKwh":0,"add":{}},{"fromKwh":10,"add":{"sharp":"0.05","peak":"0.05","flat":"0.05","valley":"0.05"}}]}}
        """;

    private readonly FaultyBlockStore _readoutBlocks = new(2, 1024);
    private readonly MeteringSettings _metering = new() { RateCountMax = 4 };

    /// <param name="startUtc">When the meter starts.</param>
    /// <param name="plan">A board's flash; null: stores of their own, and a profile of all six classes.</param>
    public ReadoutBench(long startUtc = Start, MeterPlan plan = null)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, TariffText);
        Tariff = TariffFile.Load(path).Table;
        File.Delete(path);
        SimulatedMeterParts options = new()
        {
            Tariff = Tariff,
            StartUtcSeconds = startUtc,
            Metering = _metering,
            Relay = Relay,
            Plan = plan ?? new SimulatedMeterParts { Tariff = Tariff, StartUtcSeconds = startUtc }.Plan,
            Records = plan == null ? new MemoryRecordLog(4096, IntervalRecord.BytesMax) : null,
            History = plan != null ? new HistoryParts()
                : new HistoryParts { Records = new RamBlockStore(40, 16_384), Profile = new RamBlockStore(20, 4096) },
        };
        Meter = new SimulatedMeter(options);
        for (int profileClass = 0; profileClass < LoadProfile.ClassCount && plan == null; profileClass++)
        {
            Meter.Recorder.Profile.TrySetInterval(profileClass, 15);
        }

        PowerUp();
        while (!Meter.Product.HasReading)
        {
            // The chip comes up: what flows meanwhile is not counted.
            Meter.Step(10, 0);
        }

        Meter.Step((int)(1_000 - Meter.Clock.NowMs % 1_000), 0);
    }

    public TariffTable Tariff { get; }

    public TariffSets Sets => Meter.Product.Meter.Tariffs;

    public SimulatedMeter Meter { get; }

    public SimulatedRelay Relay { get; } = new();

    public Dlt645Settings Settings { get; private set; }

    public MeterReadout Readout { get; private set; }

    public Dlt645Server Server { get; private set; }

    public ScriptedLine Master { get; private set; }

    public Dlt645Client Client { get; private set; }

    public bool RefusesToKeep { get; set; }

    /// <summary>The flash of the readout's own state takes nothing more.</summary>
    public bool RefusesState
    {
        set => _readoutBlocks.RefuseEvery = value ? 1 : 0;
    }

    /// <summary>Writes to that flash.</summary>
    public long StateWrites => _readoutBlocks.Writes;

    public int Kept { get; private set; }

    /// <summary>The readout starts again on what it kept, with a board's own settings.</summary>
    public void PowerUp()
    {
        Settings = new Dlt645Settings();
        Dlt645Bytes.Of("78 56 34 12 00 00").CopyTo(Settings.Address, 0);
        Settings.Passwords[2] = 0x123456;
        Settings.Passwords[4] = 0x000004;
        Readout = new MeterReadout(new ReadoutParts
        {
            Product = Meter.Product,
            Time = Meter.Firmware.Core.Time,
            Settings = Settings,
            Programming = Meter.Firmware.Programming,
            Metering = _metering,
            Recorder = Meter.Recorder,
            Profile = Meter.Firmware.OpenProfile(),
            Store = new CheckpointStore(_readoutBlocks, ReadoutState.Bytes),
            Relay = Relay,
            Temperature = this,
            Harmonics = this,
            Plate = new NamePlate
            {
                AssetNumber = "3101-0007",
                RatedVoltage = "220V",
                RatedCurrent = "5A",
                MaximumCurrent = "60A",
                ActiveClass = "1",
                ReactiveClass = "2",
                Model = "MF-1P",
                ProductionDate = "2026-11-30",
                Software = "0.2.0",
                Hardware = "B",
                Maker = "MeterFirmware",
            },
            TariffKeeper = this,
        });
        Master = ScriptedLine.Pair();
        Server = new Dlt645Server(Master.Other, Settings, Readout, 4096);
        Client = new Dlt645Client(Master, 8192) { Tries = 1 };
    }

    /// <summary>Lets the meter run under a load.</summary>
    public void Run(long seconds, int watts, int stepSeconds = 60)
    {
        for (long done = 0; done < seconds; done += stepSeconds)
        {
            Meter.Step(stepSeconds * 1000, stepSeconds * watts * 1_000_000L);
            Readout.Tick(Meter.Clock.NowMs);
        }
    }

    /// <summary>Data of an answer behind its identifier, parts joined; null: refused (see the client's error bits).</summary>
    public byte[] Read(uint di) => Ask(Dlt645Protocol.Read, Identifier(di));

    /// <summary>The same as hex text, "E4" style bits for a refusal.</summary>
    public string Text(uint di)
    {
        byte[] data = Read(di);
        return data == null ? $"refused {Client.ErrorBits:X2}" : Dlt645Bytes.Text(data, 0, data.Length);
    }

    /// <summary>Error bits of a write with the password of level 04; 0: taken.</summary>
    public int Write(uint di, string value, string password = "04 04 00 00")
    {
        string text = Dlt645Bytes.Text(Identifier(di), 0, 4) + " " + password + " " + OperatorCode + " " + value;
        return Command(Dlt645Protocol.Write, text);
    }

    /// <summary>Error bits of any command; −1: no reply.</summary>
    public int Command(int control, string data) =>
        Ask(control, Dlt645Bytes.Of(data)) != null
        ? 0 : Client.Outcome == Dlt645Outcome.Refused ? Client.ErrorBits : -1;

    public byte[] Ask(int control, byte[] data)
    {
        Client.TryBegin(Settings.Address, control, data, data.Length);
        long now = Meter.Clock.NowMs;
        for (int i = 0; i < 400 && Client.Outcome == Dlt645Outcome.Waiting; i++)
        {
            now += 10;
            Client.Tick(now);
            Readout.Tick(now);
            Server.Tick(now);
        }

        return Client.Outcome == Dlt645Outcome.Done ? Client.Data[..Client.DataLength] : null;
    }

    public static byte[] Identifier(uint di) => [(byte)di, (byte)(di >> 8), (byte)(di >> 16), (byte)(di >> 24)];

    bool ITemperatureSensor.TryRead(out int tenthsCelsius)
    {
        tenthsCelsius = -105;
        return true;
    }

    bool IHarmonicSource.TryReadDistortion(bool isCurrent, int phase, out int hundredths)
    {
        hundredths = isCurrent ? 512 : 203;
        return true;
    }

    bool IHarmonicSource.TryReadHarmonic(bool isCurrent, int phase, int order, out int hundredths)
    {
        hundredths = order == 1 ? 10_000 / 100 : order;
        return true;
    }

    bool ITariffKeeper.TryKeep()
    {
        bool isKept = !RefusesToKeep && new ProductTariffKeeper(Meter.Firmware).TryKeep();
        Kept += isKept ? 1 : 0;
        return isKept;
    }

    bool ITariffKeeper.TryKeepDates(long utcSeconds)
    {
        bool isKept = !RefusesToKeep && new ProductTariffKeeper(Meter.Firmware).TryKeepDates(utcSeconds);
        Kept += isKept ? 1 : 0;
        return isKept;
    }
}
