using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;

namespace MeterFirmware.Boards.Device;

/// <summary>The meter on a serial line (RS-485 or optical head), as the settings ask for it. Made only then: a meter without
/// the line spends no heap on it.</summary>
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
    public Dlt645Port(BoardSettings settings, CompleteMeter meter, MeteringSettings metering, IRelay relay, string folder)
    {
        Dlt645Settings line = new Dlt645Settings();
        TryAddress(settings.Dlt645Address, line);
        TryPassword(settings.Dlt645Password, line);
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
            Plate = settings.NewPlate(),
        });
        _server = new Dlt645Server(
            new SerialPortLine(settings.Dlt645Line, settings.Dlt645Rs485), line, _readout, AnswerBytes);
    }

    public void Tick(long nowMs)
    {
        _readout.Tick(nowMs);
        _server.Tick(nowMs);
    }

    /// <summary>Twelve digits into the address, low byte first. False: they are not.</summary>
    public static bool TryAddress(string digits, Dlt645Settings settings) =>
        digits.Length == 12 && TryDigits(digits, settings.Address);

    /// <summary>Level and password, "02:123456"; empty: nobody may write. False: it is neither.</summary>
    public static bool TryPassword(string text, Dlt645Settings settings)
    {
        byte[] password = new byte[3];
        byte[] level = new byte[1];
        if (text == "")
        {
            return true;
        }

        if (text.Length != 9 || text[2] != ':' || !TryDigits(text.Substring(3), password)
            || !TryDigits(text.Substring(0, 2), level) || level[0] >= Dlt645Settings.LevelCount)
        {
            return false;
        }

        settings.Passwords[level[0]] = password[0] | (password[1] << 8) | (password[2] << 16);
        return true;
    }

    /// <summary>Pairs of digits, the last one first.</summary>
    private static bool TryDigits(string digits, byte[] bytes)
    {
        for (int i = 0; i < digits.Length; i++)
        {
            if (digits[i] < '0' || digits[i] > '9')
            {
                return false;
            }

            int at = bytes.Length - 1 - i / 2;
            bytes[at] = (byte)((bytes[at] << 4) | (digits[i] - '0'));
        }

        return true;
    }
}
