using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Dlt698;
using MeterFirmware.Dlt698Meter;
using MeterFirmware.Modbus;
using MeterFirmware.ModbusMeter;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>The meter on a serial line (RS-485 or optical head), in the protocol that the settings ask for. Made only
/// then: a meter without the line spends no heap on it.</summary>
public sealed class LinePort
{
    /// <summary>Milliseconds between two ticks: a master waits 500.</summary>
    public const int TickMs = 20;

    // A daily freeze with 8 rates needs 461 bytes.
    private const int AnswerBytes = 1024;

    // Small files: littlefs keeps them inside the folder's own blocks.
    private const int StateBlocks = 2;
    private const int StateBlockBytes = 512;

    // One of the three servers; the readout serves DL/T 645 and what stands over it.
    private readonly MeterReadout _readout;
    private readonly Dlt645Server _dlt645;
    private readonly MeterObjects _objects;
    private readonly Dlt698Server _dlt698;
    private readonly ModbusServer _modbus;

    /// <param name="settings">Checked when they were loaded.</param>
    /// <param name="meter">Ticked by the board.</param>
    /// <param name="metering">How it was made.</param>
    /// <param name="relay">Null: none.</param>
    /// <param name="folder">Keeps what the line writes.</param>
    public LinePort(
        BoardSettings settings, CompleteMeter meter, MeteringSettings metering, IRelay relay, string folder)
    {
        SerialPortLine port = new SerialPortLine(settings.Dlt645Line, settings.Dlt645Rs485);
        if (settings.LineProtocol == LineProtocol.Modbus)
        {
            ProductReadings readings = new ProductReadings(meter.Product, metering.PhaseCount);
            _modbus = new ModbusServer(port, ModbusOf(settings), new ModbusMaps(new IModbusMap[]
            {
                new PlainMap(readings),
                new SunSpecMap(
                    readings, settings.Maker, settings.Model, settings.Hardware, settings.AssetNumber,
                    settings.ModbusUnit),
            }));
            return;
        }

        Dlt645Settings line = new Dlt645Settings();
        Dlt645SettingTexts.TryAddress(settings.Dlt645Address, line);
        Dlt645SettingTexts.TryPassword(settings.Dlt645Password, line);
        _readout = new MeterReadout(new ReadoutParts
        {
            Product = meter.Product,
            Time = meter.Core.Time,
            Settings = line,
            Programming = meter.Programming,
            Metering = metering,
            Recorder = meter.Recorder,
            Profile = meter.OpenProfile(),
            TariffKeeper = new ProductTariffKeeper(meter),
            Store = new CheckpointStore(new FileBlockStore(folder, StateBlocks, StateBlockBytes), ReadoutState.Bytes),
            Relay = relay,
            Plate = MeterSettingsRules.PlateOf(settings),
        });
        if (settings.LineProtocol == LineProtocol.Dlt698)
        {
            _objects = new MeterObjects(_readout, line);
            _dlt698 = new Dlt698Server(port, Dlt698Of(settings), _objects);
            return;
        }

        line.Baud = settings.LineBaud > 0 ? settings.LineBaud : line.Baud;
        _dlt645 = new Dlt645Server(port, line, _readout, AnswerBytes);
    }

    public void Tick(long nowMs)
    {
        if (_modbus != null)
        {
            _modbus.Tick(nowMs);
            return;
        }

        _readout.Tick(nowMs);
        if (_dlt698 != null)
        {
            _objects.Tick(nowMs);
            _dlt698.Tick(nowMs);
            return;
        }

        _dlt645.Tick(nowMs);
    }

    private static ModbusSettings ModbusOf(BoardSettings settings)
    {
        ModbusSettings line = new ModbusSettings { Unit = settings.ModbusUnit, Parity = settings.ModbusParity };
        line.Baud = settings.LineBaud > 0 ? settings.LineBaud : line.Baud;
        return line;
    }

    private static Dlt698Settings Dlt698Of(BoardSettings settings)
    {
        Dlt698Settings line = new Dlt698Settings { Hardware = settings.Hardware };
        line.Baud = settings.LineBaud > 0 ? settings.LineBaud : line.Baud;
        return line;
    }
}
