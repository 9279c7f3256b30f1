using System.Globalization;

namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>The daily check: the last days of every device, and the question for what is missing. A device that is
/// silent is asked on the next day.</summary>
/// <param name="quality">Knows which devices send intervals.</param>
/// <param name="check">Checks a day.</param>
/// <param name="online">Addresses that can be asked now.</param>
/// <param name="ask">Sends a question: device, id, from (the records that ended after it), up to.</param>
public sealed class MissingRecords(QualityStore quality, QualityCheck check, Func<IReadOnlySet<string>> online,
    Func<string, string, DateTimeOffset, DateTimeOffset, Task> ask)
{
    /// <summary>Questions to one device a day at most: what is left is asked for on the next one.</summary>
    public const int QuestionsMax = 10;

    /// <summary>Pause between two devices' questions, so that a fleet does not answer at once.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Checks the days before a day, and asks.</summary>
    /// <returns>What was done, for people.</returns>
    public async Task<string> RunAsync(DateOnly today, CancellationToken cancel)
    {
        IReadOnlySet<string> reachable = online();
        int found = 0;
        int asked = 0;
        IReadOnlyList<string> devices = quality.Metering();
        foreach (string device in devices)
        {
            cancel.ThrowIfCancellationRequested();
            List<Finding> findings = [];
            for (int back = check.Settings.DaysBack; back >= 1; back--)
            {
                findings.AddRange(check.Check(device, today.AddDays(-back)));
            }

            found += findings.Count;
            asked += reachable.Contains(device) ? await AskAsync(device, today, findings, cancel).ConfigureAwait(false)
                : 0;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{devices.Count} devices, {found} findings, {asked} questions");
    }

    private async Task<int> AskAsync(string device, DateOnly today, List<Finding> findings, CancellationToken cancel)
    {
        int asked = 0;
        foreach ((long from, long to) in QualityCheck.Asked(findings).Take(QuestionsMax))
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"missing-{today:yyyyMMdd}-{++asked}");
            await ask(device, id, DateTimeOffset.FromUnixTimeSeconds(from), DateTimeOffset.FromUnixTimeSeconds(to))
                .ConfigureAwait(false);
        }

        if (asked > 0)
        {
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }

        return asked;
    }
}
