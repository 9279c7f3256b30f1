using System;
using System.IO;
using System.Text;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Supervision;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Boards.Device;

/// <summary>What every board finds beside its settings: the secret, the tariff, the broker's certificate, and where it
/// leaves a fault.</summary>
public static class BoardFiles
{
    /// <summary>Takes the device secret from secret.bin (32 bytes, put there by a technician) and deletes the
    /// file.</summary>
    public static bool TryCommission(string drive, DeviceSecurity security)
    {
        string path = drive + "\\secret.bin";
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            byte[] secret = File.ReadAllBytes(path);
            if (secret.Length != DeviceSecurity.SecretBytes || !security.TryCommission(secret))
            {
                return false;
            }

            File.Delete(path);
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine("commands: secret.bin: " + e.Message);
            return false;
        }
    }

    /// <summary>The compiled table on the storage (meterctl tariff compile), else the built-in one.</summary>
    public static TariffTable LoadTariff(string drive, int rateCountMax, byte[] builtIn)
    {
        string path = drive + "\\tariff.bin";
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : builtIn;
        bool isLoaded = TariffTable.TryLoad(bytes, bytes.Length, out TariffTable tariff, out string error);
        if (isLoaded && tariff.RateCount > rateCountMax)
        {
            error = "more rates than this device keeps registers for";
            isLoaded = false;
        }

        if (!isLoaded)
        {
            Console.WriteLine("tariff: " + path + ": " + error + ": built-in table instead");
            TariffTable.TryLoad(builtIn, builtIn.Length, out tariff, out error);
        }

        return tariff;
    }

    /// <summary>The text of a file; throws what the drive throws.</summary>
    public static string ReadText(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return Encoding.UTF8.GetString(bytes, 0, bytes.Length);
    }

    /// <summary>Leaves the fault that ends the program for whoever looks.</summary>
    public static void Note(string drive, string message)
    {
        try
        {
            File.WriteAllText(drive + "\\FAULT.TXT", message);
        }
        catch (Exception)
        {
            // The restart is what matters.
        }
    }

    /// <summary>A bug reached the top: makes that cause of the restart durable, and saves all.</summary>
    public static void NoteFault(Core core)
    {
        try
        {
            core.NoteRestart(RestartPart.Fault);
            core.PowerFails(Environment.TickCount64);
        }
        catch (Exception)
        {
            // The restart is what matters.
        }
    }

    /// <summary>Puts the free heap into the health report.</summary>
    public static void NoteHeap(HealthReport health)
    {
        uint free = nanoFramework.Runtime.Native.GC.Run(false);
        health.HeapFreeBytes = free;
        health.HeapFreeBytesMin =
            health.HeapFreeBytesMin == 0 || free < health.HeapFreeBytesMin ? free : health.HeapFreeBytesMin;
    }
}
