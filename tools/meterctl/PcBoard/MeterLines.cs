using MeterFirmware.Boards.MeterDevice;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Modbus;
using MeterFirmware.ModbusMeter;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Tools.MeterCtl.Lines;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>What masters ask a simulated meter on: each protocol behind a TCP port on loopback, and the one of
/// settings.json on a pseudo-terminal.</summary>
internal sealed class MeterLines : IDisposable
{
    // As a board keeps it (boards/MeterDevice, LinePort).
    private const int StateBlocks = 2;
    private const int StateBlockBytes = 512;

    private readonly BoardSettings _settings;
    private readonly MeteringSettings _metering;
    private readonly IRelay _relay;
    private readonly FileBlockStore _state;
    private readonly List<(string Protocol, LineListener Listener)> _listeners = [];
    private readonly PtyLine? _pty;
    private CompleteMeter _meter;
    private MeterReadout _readout;
    private Dlt645Settings _line;
    private Action<long>? _ptyServer;

    /// <param name="meter">The firmware that runs now.</param>
    public MeterLines(LineOptions options, BoardSettings settings, CompleteMeter meter, MeteringSettings metering,
        IRelay relay, DeviceFolder folder)
    {
        _settings = settings;
        _metering = metering;
        _relay = relay;
        _state = new FileBlockStore(Path.Combine(folder.Drive, "dlt645"), StateBlocks, StateBlockBytes);
        _pty = options.Pty is null ? null : new PtyLine("--pty", options.Pty);
        (_meter, _line, _readout) = (null!, null!, null!);
        Use(meter);
        foreach ((string protocol, int port) in options.Ports)
        {
            LineListener listener = new(port) { Serve = line => Serve(line, protocol, isTcp: true) };
            listener.Start($"--{protocol}");
            _listeners.Add((protocol, listener));
        }
    }

    /// <summary>Where each is, for people.</summary>
    public IEnumerable<string> Places => _listeners.Select(one => $"{one.Protocol}: 127.0.0.1:{one.Listener.Port}")
        .Concat(_pty is null ? [] : [$"{_settings.LineProtocol}: {_pty.Name}"]);

    /// <summary>The firmware that runs from now on.</summary>
    public void Use(CompleteMeter meter)
    {
        if (meter == _meter)
        {
            return;
        }

        _meter = meter;
        _line = new Dlt645Settings();
        Dlt645SettingTexts.TryAddress(_settings.Dlt645Address, _line);
        Dlt645SettingTexts.TryPassword(_settings.Dlt645Password, _line);
        _readout = new MeterReadout(new ReadoutParts
        {
            Product = meter.Product,
            Time = meter.Core.Time,
            Settings = _line,
            Programming = meter.Programming,
            Metering = _metering,
            Recorder = meter.Recorder,
            Profile = meter.OpenProfile(),
            TariffKeeper = new ProductTariffKeeper(meter),
            Store = new CheckpointStore(_state, ReadoutState.Bytes),
            Relay = _relay,
            Plate = MeterSettingsRules.PlateOf(_settings),
        });
        _listeners.ForEach(one => one.Listener.HangUp());
        _ptyServer = _pty is null ? null : Serve(_pty, _settings.LineProtocol, isTcp: false);
    }

    public void Tick(long nowMs)
    {
        _readout.Tick(nowMs);
        _ptyServer?.Invoke(nowMs);
        _listeners.ForEach(one => one.Listener.Tick(nowMs));
    }

    public void Dispose()
    {
        _listeners.ForEach(one => one.Listener.Dispose());
        _pty?.Dispose();
    }

    private Action<long> Serve(ISerialLine line, string protocol, bool isTcp) => protocol switch
    {
        LineProtocol.Dlt645 => MeterProtocols.Dlt645(line, _readout, _line),
        LineProtocol.Dlt698 => MeterProtocols.Dlt698(0, _settings.LineBaud > 0 ? _settings.LineBaud : 9600)(
            line, _readout, _line),
        _ => Modbus(line, isTcp),
    };

    private Action<long> Modbus(ISerialLine line, bool isTcp)
    {
        ProductReadings readings = new(_meter.Product, _metering.PhaseCount);
        return new ModbusServer(line, new ModbusSettings
        {
            Framing = isTcp ? ModbusFraming.Tcp : ModbusFraming.Rtu,
            Unit = _settings.ModbusUnit,
        }, new ModbusMaps(
        [
            new PlainMap(readings),
            new SunSpecMap(readings, _settings.Maker, _settings.Model, _settings.Hardware, _settings.AssetNumber,
                _settings.ModbusUnit),
        ])).Tick;
    }
}
