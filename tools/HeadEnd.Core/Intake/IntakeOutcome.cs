namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>What one transaction did, told when it is durable: a counter must not be ahead of the disk.</summary>
internal sealed class IntakeOutcome
{
    public long Stored { get; set; }

    public long Again { get; set; }

    public long Conflicts { get; set; }

    public long Replaced { get; set; }

    public long Elsewhere { get; set; }

    public long Expired { get; set; }

    public List<(string Device, string Reason)> Refused { get; } = [];

    public List<string> Announcements { get; } = [];

    public void Tell(HeadEndCounters counters, Refusals? refusals, Action<string>? announce)
    {
        Interlocked.Add(ref counters.StoredCount, Stored);
        Interlocked.Add(ref counters.DeliveredAgainCount, Again);
        Interlocked.Add(ref counters.ConflictsCount, Conflicts);
        Interlocked.Add(ref counters.RefusedCount, Refused.Count);
        Interlocked.Add(ref counters.JournalsReplacedCount, Replaced);
        Interlocked.Add(ref counters.SettledElsewhereCount, Elsewhere);
        Interlocked.Add(ref counters.ExpiredCount, Expired);
        Announcements.ForEach(line => announce?.Invoke(line));
        Refused.ForEach(refused => refusals?.Add(refused.Device, refused.Reason));
    }
}
