using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>
/// Runs nanoff step by step and says what its faults mean. Its exit code is a number above 255, which Unix cuts, so the
/// code in its output counts: "Error E6000: …" (nanoFirmwareFlasher, ExitCodes.cs).
/// </summary>
/// <param name="program">nanoff, or a path.</param>
/// <param name="folder">Where it runs: the deployment list names files beside it.</param>
/// <param name="tell">Takes each line that it prints.</param>
internal sealed partial class NanoffRun(string program, string folder, Action<string> tell)
{
    private const int Minutes = 10;

    /// <summary>What a person can do about a fault.</summary>
    private static readonly Dictionary<string, string> _remedies = new()
    {
        ["E1000"] = "the board is not in its DFU mode",
        ["E2000"] = "the board does not answer: is the firmware on it, and no console open on the port?",
        ["E2002"] = "the board does not answer: press its reset and try again",
        ["E2003"] = "a file could not be written: press the board's reset and try again; the drive may be full",
        ["E4000"] = "esptool failed: hold BOOT while it connects, take another cable or USB port, end other "
            + "programs on the port",
        ["E4001"] = "the module's flash has another size than this board's",
        ["E4003"] = "the flash could not be written: supply, cable, or a worn module",
        ["E4005"] = "the port cannot be opened: another program has it, or you may not use it (group dialout)",
        ["E5000"] = "STM32CubeProgrammer failed or is not installed",
        ["E5001"] = "no debugger was found: connect the ST-LINK port",
        ["E6000"] = "the port cannot be opened: it is not there, another program has it, or you may not use it (group "
            + "dialout)",
        ["E9005"] = "this version of the firmware is not there: --firmware names another",
        ["E9007"] = "the firmware cannot be loaded: no internet, or the repository is away",
        ["E9008"] = "the image is not there",
        ["E9009"] = "the deployment address is not good",
        ["E9010"] = "no board was found: is it connected and powered?",
    };

    /// <summary>What it printed; <see cref="AnswerException"/> when it failed.</summary>
    /// <param name="step">For people.</param>
    public string Step(string step, params string[] arguments)
    {
        tell($"{step}: nanoff {string.Join(' ', arguments)}");
        List<string> lines = [];
        using Process process = Start(arguments);
        process.OutputDataReceived += (_, line) => Take(line.Data, lines);
        process.ErrorDataReceived += (_, line) => Take(line.Data, lines);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(TimeSpan.FromMinutes(Minutes)))
        {
            process.Kill(entireProcessTree: true);
            throw new AnswerException($"{step}: nanoff did not end within {Minutes} minutes");
        }

        // The parameterless one waits for the last lines, too.
        process.WaitForExit();
        string output = string.Join('\n', lines);
        string code = Code().Match(output).Groups[1].Value;
        if (process.ExitCode == 0 && code.Length == 0)
        {
            return output;
        }

        string why = _remedies.GetValueOrDefault(code)
            ?? lines.LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "it said nothing";
        throw new AnswerException(
            $"{step}: nanoff failed{(code.Length > 0 ? $" with {code}" : $", exit code {process.ExitCode}")}: {why}");
    }

    // "Error E4000: …", or "E4000" alone when it is told to be brief.
    [GeneratedRegex(@"^(?:Error )?(E\d{4})\b", RegexOptions.Multiline)]
    private static partial Regex Code();

    private void Take(string? line, List<string> lines)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Add(line);
        }

        tell(line);
    }

    private Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new InputException(
                $"--nanoff: {program}: {e.Message}; 'dotnet tool install -g nanoff' installs it");
        }
    }
}
