using System;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>A master that asks a running meter over DL/T 645 and compares the answer with the registers.</summary>
internal sealed class ReadoutPoll
{
    private const int PositiveActive = 0x0001_FF00;
    private const int NegativeActive = 0x0002_FF00;

    private readonly SimulatedMeter _meter;
    private readonly MeterReadout _readout;
    private readonly Dlt645Server _server;
    private readonly Dlt645Client _client;
    private readonly Dlt645Settings _settings = new();

    public ReadoutPoll(SimulatedMeter meter, IRelay relay)
    {
        _meter = meter;
        _settings.Address[0] = 0x78;
        _readout = new MeterReadout(new ReadoutParts
        {
            Product = meter.Product,
            Time = meter.Firmware.Core.Time,
            Settings = _settings,
            Metering = new MeteringSettings(),
            Recorder = meter.Recorder,
            Profile = meter.Firmware.OpenProfile(),
            Store = new CheckpointStore(new RamBlockStore(2, 1024), ReadoutState.Bytes),
            Relay = relay,
            TariffKeeper = new ProductTariffKeeper(meter.Firmware),
        });
        ScriptedLine master = ScriptedLine.Pair();
        _server = new Dlt645Server(master.Other, _settings, _readout, 4096);
        _client = new Dlt645Client(master, 4096) { Tries = 1 };
    }

    public int Count { get; private set; }

    /// <summary>Reads totals and rates of a direction, import and export in turn; returns the bytes that this
    /// allocated.</summary>
    public long Ask()
    {
        bool isExport = Count++ % 2 == 1;
        int kind = isExport ? EnergyKind.Export : EnergyKind.Import;
        long before = GC.GetAllocatedBytesForCurrentThread();
        _client.TryBeginRead(_settings.Address, isExport ? NegativeActive : PositiveActive);
        long now = _meter.Clock.NowMs;
        for (int i = 0; i < 200 && _client.Outcome == Dlt645Outcome.Waiting; i++)
        {
            now += 10;
            _client.Tick(now);
            _readout.Tick(now);
            _server.Tick(now);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.AreEqual(Dlt645Outcome.Done, _client.Outcome);
        EnergyRegisters registers = _meter.Product.Meter.Registers;
        Compare(registers.TotalWattHours(kind), 0);
        for (int rate = 0; rate < PlainTariff.RateCount; rate++)
        {
            Compare(registers.RateWattHours(kind, rate), 1 + rate);
        }

        return allocated;
    }

    /// <summary>XXXXXX.XX kWh, four bytes of BCD, low byte first.</summary>
    private void Compare(long wattHours, int index)
    {
        long read = 0;
        for (int i = 3; i >= 0; i--)
        {
            int digits = _client.Data[4 * index + i];
            read = read * 100 + (digits >> 4) * 10 + (digits & 15);
        }

        Assert.AreEqual(EnergyRegisters.DisplayHundredths(wattHours), read, "read over DL/T 645");
    }
}
