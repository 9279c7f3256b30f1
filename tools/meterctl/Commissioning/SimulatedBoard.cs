using System.Diagnostics;
using MeterFirmware.Tools.MeterCtl.PcBoard;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>The board behind the port "sim": files come onto its drive, and it runs as a process of its own.</summary>
internal static class SimulatedBoard
{
    private const string LogName = "device.log";
    private const int PatienceMs = 60_000;
    private const int LookMs = 20;

    /// <summary>Its process id once it runs; <see cref="AnswerException"/>: it did not.</summary>
    public static int Start(string folder)
    {
        // As nanoff: the files that are listed replace those of the drive, all others stay.
        DeviceFolder.Open("FOLDER", folder, deploysAnew: true).Dispose();
        string log = Path.Combine(Path.GetFullPath(folder), LogName);
        long from = File.Exists(log) ? new FileInfo(log).Length : 0;
        using Process process = Process.Start(StartInfo(folder, log))!;
        for (long end = Environment.TickCount64 + PatienceMs; Environment.TickCount64 < end; Thread.Sleep(LookMs))
        {
            string said = Said(log, from);

            // The device's first word about itself.
            if (said.Split('\n').Any(line => line.StartsWith("device ", StringComparison.Ordinal)))
            {
                return process.Id;
            }

            if (process.HasExited)
            {
                string last = Said(log, from).TrimEnd().Split('\n')[^1];
                throw new AnswerException($"{log}: {(last.Length > 0 ? last : $"it ended with {process.ExitCode}")}");
            }
        }

        process.Kill();
        throw new AnswerException($"{log}: the device did not start within {PatienceMs / 1000} s");
    }

    // Its pipes end with this process; it reads nothing more then, and writes into its log alone.
    private static ProcessStartInfo StartInfo(string folder, string log)
    {
        string[] arguments = ["device", folder, "--log", log];
        string self = Environment.ProcessPath ?? "";
        bool isProgram = Path.GetFileNameWithoutExtension(self) == "meterctl";
        return new ProcessStartInfo(isProgram ? self : "dotnet",
            isProgram ? arguments : [typeof(SimulatedBoard).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static string Said(string log, long from)
    {
        if (!File.Exists(log))
        {
            return "";
        }

        using FileStream file = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Min(from, file.Length);
        using StreamReader text = new(file);
        return text.ReadToEnd();
    }
}
