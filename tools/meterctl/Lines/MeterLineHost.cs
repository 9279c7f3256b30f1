using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Lines;

/// <summary>
/// The smart-meter product over its simulated chip, in real time under a constant load, with one of the firmware's
/// servers on a serial line, or behind a TCP serial server on loopback: one master at a time, as on a line.
/// </summary>
public sealed class MeterLineHost : IDisposable
{
    private const int TickMs = 5;
    private const int MeterTickMs = 100;

    private readonly LineListener? _listener;
    private readonly Func<ISerialLine, Action<long>> _serve;
    private readonly SimulatedMeter _meter;
    private readonly MeterReadout _readout;
    private readonly long _microjoulesPerMs;
    private readonly Action<long>? _server;
    private long _meterMs;

    /// <param name="port">TCP port on loopback; 0 takes a free one.</param>
    /// <param name="watts">The load, import positive.</param>
    /// <param name="protocol">What the meter speaks.</param>
    public MeterLineHost(int port, Dlt645Settings settings, TariffTable tariff, int watts, MeterProtocol protocol)
        : this(settings, tariff, watts, protocol)
    {
        _listener = new LineListener(port) { Serve = _serve };
    }

    /// <param name="line">Stays the caller's.</param>
    /// <param name="watts">The load, import positive.</param>
    /// <param name="protocol">What the meter speaks.</param>
    public MeterLineHost(
        ISerialLine line, Dlt645Settings settings, TariffTable tariff, int watts, MeterProtocol protocol)
        : this(settings, tariff, watts, protocol)
    {
        _server = _serve(line);
    }

    private MeterLineHost(Dlt645Settings settings, TariffTable tariff, int watts, MeterProtocol protocol)
    {
        _microjoulesPerMs = watts * 1000L;
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        SimulatedRelay relay = new();
        SimulatedMeterParts options = new()
        {
            Tariff = tariff,
            StartUtcSeconds = now,
            Relay = relay,
            History = new HistoryParts
            {
                Records = new RamBlockStore(60, 16_384),
                Profile = new RamBlockStore(20, 4096),
            },
        };
        _meter = new SimulatedMeter(options);
        for (int profileClass = 0; profileClass < LoadProfile.ClassCount; profileClass++)
        {
            _meter.Recorder.Profile.TrySetInterval(profileClass, 15);
        }

        _readout = new MeterReadout(new ReadoutParts
        {
            Product = _meter.Product,
            Time = _meter.Firmware.Core.Time,
            Settings = settings,
            Programming = _meter.Firmware.Programming,
            Metering = options.Metering,
            Recorder = _meter.Recorder,
            Profile = _meter.Firmware.OpenProfile(),
            TariffKeeper = new ProductTariffKeeper(_meter.Firmware),
            Relay = relay,
            Plate = new NamePlate
            {
                RatedVoltage = "230V",
                RatedCurrent = "5A",
                MaximumCurrent = "60A",
                ActiveClass = "1",
                Model = "simulated",
                Software = new TelemetrySettings().Firmware,
                Maker = "MeterFirmware",
            },
        });
        _serve = line => protocol(line, _readout, settings);
    }

    /// <summary>The TCP port in use; the one that was free when 0 was asked for.</summary>
    public int Port => _listener!.Port;

    public void Start()
    {
        _listener?.Start("--port");

        // The chip needs some 100 ms to come up; a master's first question should find a meter that measures.
        for (int i = 0; i < 1000 && !_meter.Product.HasReading; i++)
        {
            _meter.Step(10, 10 * _microjoulesPerMs);
        }

        _meterMs = Environment.TickCount64;
    }

    /// <summary>Closes the programming input under the seal of the simulated meter: 30 minutes from the first step on.
    /// </summary>
    public void CloseProgrammingInput() => _meter.Programming.IsClosed = true;

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            StepMeter();
            _readout.Tick(Environment.TickCount64);
            _server?.Invoke(Environment.TickCount64);
            _listener?.Tick(Environment.TickCount64);
            await Task.Delay(TickMs, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void StepMeter()
    {
        // A machine that slept must not hand the chip more than its counter spans: at most a second at a time.
        long behind = Environment.TickCount64 - _meterMs;
        while (behind >= MeterTickMs)
        {
            int step = (int)Math.Min(behind, 1000);
            _meter.Step(step, step * _microjoulesPerMs);
            _meterMs += step;
            behind -= step;
        }
    }

    public void Dispose() => _listener?.Dispose();
}
