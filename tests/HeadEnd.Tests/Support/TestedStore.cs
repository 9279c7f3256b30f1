using System;
using System.Collections.Generic;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A store with its intake, as a head-end has them.</summary>
internal sealed class TestedStore(IHeadEndStore store, Action<string> announce = null, int retentionMonths = 0,
    Func<DateTimeOffset> utcNow = null) : IDisposable
{
    public IHeadEndStore Behind { get; } = store;

    public RecordIntake Intake { get; } = new(store)
    {
        Announce = announce,
        RetentionMonths = retentionMonths,
        UtcNow = utcNow ?? (() => DateTimeOffset.UtcNow),
    };

    public void Store(IReadOnlyList<Arrival> batch, HeadEndCounters counters, Refusals refusals = null) =>
        Intake.Store(batch, counters, refusals);

    public long SettledOf(string device) => Intake.SettledOf(device);

    public Settlement SettlementOf(Arrival arrival) => Intake.SettlementOf(arrival);

    public IReadOnlyList<DeviceState> Devices() => Behind.Devices();

    public IReadOnlyList<DailyTotal> Totals(string device) => Behind.Totals(device);

    public IReadOnlyList<IntervalTotal> Intervals(string device) => Behind.Intervals(device);

    public IReadOnlyList<FrozenRegisters> Freezes(string device, string kind) => Behind.Freezes(device, kind);

    public long CountSettled(string device, long upTo) => Behind.CountSettled(device, upTo);

    public void Dispose() => Behind.Dispose();
}
