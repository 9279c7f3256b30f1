using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Quality;

namespace MeterFirmware.Tools.HeadEnds.Daily;

/// <summary>Runs jobs once a local day each, one after the other, also after a start that comes late in the day. A job
/// that fails raises an alarm, which ends when it succeeds, and is tried again an hour later.</summary>
/// <param name="store">Keeps what is done.</param>
/// <param name="alarms">Takes failures.</param>
/// <param name="jobs">In the order in which they run.</param>
/// <param name="localNow">Time in the utility's zone; null: it is not known yet, and nothing is due.</param>
/// <param name="log">Takes lines for people; null: nobody reads them.</param>
public sealed class DailyJobs(IHeadEndStore store, AlarmStore alarms, IReadOnlyList<DailyJob> jobs,
    Func<DateTimeOffset?> localNow, Action<string>? log = null) : IAsyncDisposable
{
    private static readonly TimeSpan _againAfter = TimeSpan.FromHours(1);

    private readonly SqlStore _store = (SqlStore)store;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, string> _failures = [];
    private readonly Dictionary<string, DateTimeOffset> _notBefore = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Between two looks at what is due.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Starts looking every half minute whether something is due.</summary>
    public void Start() => _running = Task.Run(LoopAsync);

    /// <summary>Runs what is due now.</summary>
    public async Task RunDueAsync(CancellationToken cancel)
    {
        foreach (DailyJob job in jobs)
        {
            if (localNow() is not { } now)
            {
                return;
            }

            DateOnly today = DateOnly.FromDateTime(now.DateTime);
            if (TimeOnly.FromDateTime(now.DateTime) >= job.From && !IsDone(job.Name, today)
                && now >= _notBefore.GetValueOrDefault(job.Name))
            {
                await RunAsync(job, today, now, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The last runs, newest first.</summary>
    public IReadOnlyList<DailyRun> Last(int countMax) => _store.Rows(
        "SELECT name, local_day, done_utc_s, detail FROM daily_work ORDER BY local_day DESC, name LIMIT @count",
        row => new DailyRun(row.GetString(0),
            DateOnly.FromDayNumber(row.GetInt32(1) + new DateOnly(1970, 1, 1).DayNumber),
            DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2)), row.GetString(3)),
        ("count", countMax));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(DailyJob job, DateOnly today, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            string detail = await job.Run(today, cancel).ConfigureAwait(false);
            _store.Change("INSERT INTO daily_work VALUES(@name, @day, @now, @detail) ON CONFLICT DO NOTHING",
                ("name", job.Name), ("day", QualityStore.NumberOf(today)), ("now", now.ToUnixTimeSeconds()),
                ("detail", detail));
            _failures.Remove(job.Name);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // Whatever it is, a person has to see it, and the other jobs go on.
            _failures[job.Name] = e.Message.ReplaceLineEndings(" ");
            _notBefore[job.Name] = now + _againAfter;
        }

        alarms.Set(AlarmKinds.Work, _failures);
    }

    private bool IsDone(string name, DateOnly day) => _store.Scalar(
        "SELECT COUNT(*) FROM daily_work WHERE name=@name AND local_day=@day", ("name", name),
        ("day", QualityStore.NumberOf(day))) > 0;

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(Pause);
        try
        {
            do
            {
                try
                {
                    await RunDueAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
                {
                    // The database is away, or a fault of ours: half a minute later. The intake goes on.
                    log?.Invoke($"daily jobs: {e.Message.ReplaceLineEndings(" ")}");
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }
    }
}
