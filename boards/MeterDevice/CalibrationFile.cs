using System;
using System.IO;
using MeterFirmware.Commands;
using MeterFirmware.SmartMeter;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>calibration.bin beside the settings: how a meter without a broker takes its calibration record.</summary>
public static class CalibrationFile
{
    /// <summary>Says that a calibration.bin is there: it is taken when the programming input is closed.</summary>
    public static void TellWaiting(string drive)
    {
        string path = drive + "\\calibration.bin";
        if (File.Exists(path))
        {
            Console.WriteLine("calibration: " + path + " waits for the programming input");
        }
    }

    /// <summary>Takes calibration.bin (meterctl calibrate --out calibration.bin), as the command would, and deletes the
    /// file; one that is refused stays, and the reason is printed. When the programming input was closed.</summary>
    public static void Take(string drive, MeterCalibration calibration, long utcSeconds)
    {
        string path = drive + "\\calibration.bin";
        try
        {
            if (!File.Exists(path))
            {
                return;
            }

            byte[] bytes = File.ReadAllBytes(path);
            int refusal = calibration.Take(bytes, bytes.Length, utcSeconds);
            if (refusal == CommandRefusal.None)
            {
                File.Delete(path);
            }

            Console.WriteLine("calibration: " + path + (refusal == CommandRefusal.None
                ? " taken" : ": " + CommandRefusal.NameOf(refusal) + ", expected " + calibration.Expected));
        }
        catch (Exception e)
        {
            Console.WriteLine("calibration: " + path + ": " + e.Message);
        }
    }
}
