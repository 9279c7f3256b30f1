using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A store whose old records cannot be removed: a view of somebody's hangs on a month, for example.</summary>
internal sealed class UnremovableStore(IHeadEndStore behind) : IHeadEndStore
{
    public const string Why = "other objects depend on it";

    public string Engine => behind.Engine;

    public string SchemaVersion => behind.SchemaVersion;

    public IIntakeTransaction Begin() => behind.Begin();

    public bool IsUnavailable(Exception e) => behind.IsUnavailable(e);

    public IReadOnlyList<JournalRow> Journals() => behind.Journals();

    public IReadOnlyList<NumberRange> Ahead() => behind.Ahead();

    public IReadOnlyList<DailyTotal> Totals(string device) => behind.Totals(device);

    public IReadOnlyList<IntervalTotal> Intervals(string device) => behind.Intervals(device);

    public IReadOnlyList<FrozenRegisters> Freezes(string device, string kind) => behind.Freezes(device, kind);

    public long CountSettled(string device, long upTo) => behind.CountSettled(device, upTo);

    public IReadOnlyList<DeviceState> Devices() => behind.Devices();

    public long RemoveBefore(long horizonUtcSeconds) => throw new InvalidOperationException(Why);

    public void Dispose() => behind.Dispose();
}
