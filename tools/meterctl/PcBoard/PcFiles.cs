using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Commands;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>What every board finds on its drive beside its settings, read as boards/Device does.</summary>
internal static class PcFiles
{
    private const int RestartBlockBytes = 4096;

    // A street of boards that starts at once spreads its calls over 30 s; one device on a desk need not.
    private const int SpreadMs = 1_000;

    /// <summary>How a device talks to its head-end.</summary>
    /// <param name="product">As its birth calls it.</param>
    public static TelemetrySettings Telemetry(string product, BoardSettings settings) => new()
    {
        Product = product,
        Device = settings.Device,
        InstantIntervalMs = settings.InstantSeconds * 1000,
        SpreadMs = SpreadMs,
    };

    /// <summary>The text of a file; throws what the drive throws.</summary>
    public static string Text(DeviceFolder folder, string name) => Encoding.UTF8.GetString(folder.Read(name)
        ?? throw new FileNotFoundException($"{folder.PathOf(name)}: not there"));

    /// <summary>A site device's serial number, from its name.</summary>
    public static int SerialOf(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return (int)(long)(Crc32.Of(bytes, 0, bytes.Length) >> 1) | 1;
    }

    /// <summary>Counts this start of a device that seals its site's frames.</summary>
    public static int NextRestart(DeviceFolder folder)
    {
        FileBlockStore counter = new(
            Path.Combine(folder.Drive, "restart"), RestartNumber.Blocks, RestartBlockBytes);
        return RestartNumber.TryNext(counter, SiteSeal.RestartMax, out int restart) ? restart
            : throw new InputException($"{folder.Drive}: the restart number cannot be stored");
    }

    /// <summary>Takes the device's secret from secret.bin and deletes the file.</summary>
    public static bool TryCommission(DeviceFolder folder, DeviceSecurity security)
    {
        byte[]? secret = folder.Read("secret.bin");
        if (secret is not { Length: DeviceSecurity.SecretBytes } || !security.TryCommission(secret))
        {
            return false;
        }

        File.Delete(folder.PathOf("secret.bin"));
        return true;
    }

    /// <summary>The compiled table of the drive, else the built-in one.</summary>
    public static TariffTable LoadTariff(DeviceFolder folder, int rateCountMax, byte[] builtIn)
    {
        byte[] bytes = folder.Read("tariff.bin") ?? builtIn;
        bool isLoaded = TariffTable.TryLoad(bytes, bytes.Length, out TariffTable tariff, out string error);
        if (isLoaded && tariff.RateCount > rateCountMax)
        {
            error = "more rates than this device keeps registers for";
            isLoaded = false;
        }

        if (!isLoaded)
        {
            Console.Out.WriteLine($"tariff: tariff.bin: {error}: built-in table instead");
            TariffTable.TryLoad(builtIn, builtIn.Length, out tariff, out error);
        }

        return tariff;
    }
}
