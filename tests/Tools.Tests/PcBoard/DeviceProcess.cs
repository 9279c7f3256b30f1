using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.PcBoard;

/// <summary>`meterctl device` in a process of its own.</summary>
internal sealed class DeviceProcess : IDisposable
{
    private const int PatienceMs = 60_000;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    public DeviceProcess(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "meterctl.dll"), "device",
            .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start);
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The first line that holds the text, at once or when it comes.</summary>
    /// <param name="from">Place in the output from which on it is looked for.</param>
    public string WaitFor(string text, int from = 0)
    {
        string found = null;
        Assert.IsTrue(SpinWait.SpinUntil(() =>
        {
            string output = Output[from..];
            int at = output.IndexOf(text, StringComparison.Ordinal);
            int end = at < 0 ? -1 : output.IndexOf('\n', at);
            found = end < 0 ? null : output[(output.LastIndexOf('\n', at) + 1)..end];
            return found != null;
        }, PatienceMs), $"'{text}' did not come; it said: {Output}");
        return found;
    }

    /// <summary>Types a line; returns the line of the answer that holds the text.</summary>
    public string Ask(string line, string answer)
    {
        int from = Output.Length;
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return WaitFor(answer, from);
    }

    /// <summary>As the system kills it: nothing is saved.</summary>
    public void Kill()
    {
        _process.Kill();
        Assert.IsTrue(_process.WaitForExit(PatienceMs));
    }

    /// <summary>Its exit code after "world quit".</summary>
    public int Quit()
    {
        Ask("world quit", "saved; ");
        Assert.IsTrue(_process.WaitForExit(PatienceMs));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(PatienceMs);
        }

        _process.Dispose();
    }

    private void Add(string line)
    {
        lock (_output)
        {
            _output.Append(line).Append('\n');
        }
    }
}
