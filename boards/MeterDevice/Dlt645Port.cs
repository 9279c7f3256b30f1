using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>The meter on a serial line (RS-485 or optical head), as the settings ask for it. Made only then: a meter
/// without the line spends no heap on it.</summary>
public sealed class Dlt645Port
{
    /// <summary>Milliseconds between two ticks: a master waits 500.</summary>
    public const int TickMs = 20;

    // A daily freeze with 8 rates needs 461 bytes.
    private const int AnswerBytes = 1024;

    // Small files: littlefs keeps them inside the folder's own blocks.
    private const int StateBlocks = 2;
    private const int StateBlockBytes = 512;

    private readonly MeterReadout _readout;
    private readonly Dlt645Server _server;

    /// <param name="settings">Checked when they were loaded.</param>
    /// <param name="meter">Ticked by the board.</param>
    /// <param name="metering">How it was made.</param>
    /// <param name="relay">Null: none.</param>
    /// <param name="folder">Keeps what the line writes.</param>
    public Dlt645Port(
        BoardSettings settings, CompleteMeter meter, MeteringSettings metering, IRelay relay, string folder)
    {
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
            Plate = MeterSettingsFile.PlateOf(settings),
        });
        _server = new Dlt645Server(
            new SerialPortLine(settings.Dlt645Line, settings.Dlt645Rs485), line, _readout, AnswerBytes);
    }

    public void Tick(long nowMs)
    {
        _readout.Tick(nowMs);
        _server.Tick(nowMs);
    }
}
