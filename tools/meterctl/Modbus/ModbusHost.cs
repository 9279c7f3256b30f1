using System.Net;
using System.Net.Sockets;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using MeterFirmware.ModbusMeter;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>
/// The smart-meter product over its simulated chip, in real time under a constant load, behind the firmware's Modbus
/// server: on TCP for several clients, or on a serial line.</summary>
public sealed class ModbusHost : IDisposable
{
    private const int TickMs = 2;
    private const int MeterTickMs = 100;
    private const int ClientsMax = 8;

    private readonly TcpListener? _listener;
    private readonly ModbusSettings _settings;
    private readonly SimulatedMeter _meter;
    private readonly IModbusMap _map;
    private readonly long _microjoulesPerMs;
    private readonly List<(TcpSerialLine Line, ModbusServer Server)> _clients = [];
    private readonly ModbusServer? _server;
    private long _meterMs;

    /// <param name="port">TCP port on loopback; 0 takes a free one.</param>
    /// <param name="watts">The load, import positive.</param>
    public ModbusHost(int port, ModbusSettings settings, TariffTable tariff, int watts)
        : this(settings, tariff, watts)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    /// <param name="line">Stays the caller's.</param>
    /// <param name="watts">The load, import positive.</param>
    public ModbusHost(ISerialLine line, ModbusSettings settings, TariffTable tariff, int watts)
        : this(settings, tariff, watts)
    {
        _server = new ModbusServer(line, settings, _map);
    }

    private ModbusHost(ModbusSettings settings, TariffTable tariff, int watts)
    {
        _settings = settings;
        _microjoulesPerMs = watts * 1000L;
        SimulatedMeterParts options = new()
        {
            Tariff = tariff,
            StartUtcSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        _meter = new SimulatedMeter(options);
        ProductReadings readings = new(_meter.Product, options.Metering.PhaseCount);
        _map = new ModbusMaps(
        [
            new PlainMap(readings),
            new SunSpecMap(readings, "MeterFirmware", "simulated", "1", "1", settings.Unit),
        ]);
    }

    /// <summary>The TCP port in use; the one that was free when 0 was asked for.</summary>
    public int Port => ((IPEndPoint)_listener!.LocalEndpoint).Port;

    public void Start()
    {
        try
        {
            _listener?.Start();
        }
        catch (SocketException e)
        {
            throw new InputException($"--port {Port}: {e.Message}");
        }

        // The chip needs some 100 ms to come up; a client's first question should find a meter that measures.
        for (int i = 0; i < 1000 && !_meter.Product.HasReading; i++)
        {
            _meter.Step(10, 10 * _microjoulesPerMs);
        }

        _meterMs = Environment.TickCount64;
    }

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            StepMeter();
            while (_listener != null && _listener.Pending())
            {
                Socket socket = await _listener.AcceptSocketAsync(CancellationToken.None).ConfigureAwait(false);
                socket.NoDelay = true;
                Accept(socket);
            }

            _server?.Tick(Environment.TickCount64);
            foreach ((TcpSerialLine line, ModbusServer server) in _clients)
            {
                server.Tick(Environment.TickCount64);
                if (server.IsLost || !line.IsOpen)
                {
                    line.Dispose();
                }
            }

            _clients.RemoveAll(c => !c.Line.IsOpen || c.Server.IsLost);
            await Task.Delay(TickMs, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void Accept(Socket socket)
    {
        TcpSerialLine line = new(socket);
        if (_clients.Count == ClientsMax)
        {
            // The oldest goes: a client that forgot to close must not keep others out.
            _clients[0].Line.Dispose();
            _clients.RemoveAt(0);
        }

        _clients.Add((line, new ModbusServer(line, _settings, _map)));
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

    public void Dispose()
    {
        _clients.ForEach(c => c.Line.Dispose());
        _listener?.Dispose();
    }
}
