using System.Collections.Concurrent;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>
/// The one loop of a simulated device, as boards have it: ticks at the product's pace, lines and typed words between
/// them. Ended it saves all, as a board does with its supply's last milliseconds; killed it leaves what was written.
/// </summary>
internal sealed class DeviceLoop(IPcProduct product, Func<long> wallMs)
{
    /// <summary>Between two looks at lines and words: a master waits 500 ms for an answer.</summary>
    private const int LookMs = 5;
    private const int ReportMs = 60_000;

    private readonly TickPacer _pacer = new(product.TickMs);

    /// <summary>Lines that somebody typed.</summary>
    public ConcurrentQueue<string> Typed { get; } = new();

    /// <summary>Runs until cancelled, or until "world quit".</summary>
    /// <param name="aheadMs">Of the wall's calendar behind the device's at the start: it is caught up with at once.
    /// </param>
    public void Run(int aheadMs, CancellationToken cancel)
    {
        _pacer.Begin(product.Clock.NowMs, wallMs() - aheadMs);
        long reportMs = wallMs() + ReportMs;
        bool isEnded = false;
        while (!isEnded && !cancel.IsCancellationRequested)
        {
            CatchUp(cancel);
            product.TickBetween(_pacer.TargetMs(wallMs()));
            while (!isEnded && Typed.TryDequeue(out string? line))
            {
                isEnded = Take(line);
            }

            if (wallMs() >= reportMs)
            {
                reportMs = wallMs() + ReportMs;
                Console.Out.WriteLine(product.Report());
            }

            Thread.Sleep(Math.Min(LookMs, _pacer.RestMs(product.Clock.NowMs, wallMs())));
        }

        product.Core.PowerFails(product.Clock.NowMs);
        Console.Out.WriteLine($"saved; {product.Report()}");
    }

    private void CatchUp(CancellationToken cancel)
    {
        // One look at the wall for both questions: a sleep between two would be taken for a stall.
        long nowMs = wallMs();
        while (_pacer.IsDue(product.Clock.NowMs, nowMs) && !cancel.IsCancellationRequested)
        {
            long darkMs = _pacer.DarkMs(product.Clock.NowMs, nowMs);
            if (darkMs > 0)
            {
                Console.Out.WriteLine($"this PC slept: {darkMs / 1000} s without supply");
                product.LosePower(darkMs);
            }
            else
            {
                product.Tick();
            }

            nowMs = wallMs();
        }
    }

    /// <summary>True: it is the end.</summary>
    private bool Take(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case []:
                return false;
            case ["world", "quit"]:
                return true;
            case ["world", "status"]:
                Console.Out.WriteLine($"up {product.Clock.NowMs} ms; {product.Report()}");
                return false;
            default:
                Console.Out.WriteLine((words[0] == "world" ? product.Change(words[1..]) : null)
                    ?? $"'{line}' changes nothing here ('meterctl device --help' lists what does)");
                return false;
        }
    }
}
