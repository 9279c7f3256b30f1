using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Areas;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;

namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>Looks for what is an alarm: silent devices and refused messages at any moment, data and losses once a day,
/// after the check.</summary>
public sealed class AlarmWatch(AlarmStore alarms, FleetStore fleet, QualityStore quality, AreaReport areas,
    AlarmLimits limits, Func<IReadOnlyList<DeviceRefusals>> refusals, Func<DateTimeOffset> utcNow)
{
    private const int DevicesMax = 100_000;

    /// <summary>Since when messages are heard at all: a silence before counts from here.</summary>
    private readonly DateTimeOffset _listening = utcNow();
    private const int Permille = 1_000;

    /// <summary>What is seen at once.</summary>
    public void LookNow()
    {
        IReadOnlySet<string> told = alarms.OpenSubjects(AlarmKinds.Silent);
        alarms.Set(AlarmKinds.Silent, fleet.Devices(null, DevicesMax)
            .Where(device => IsSilent(device, told.Contains(device.Address)))
            .ToDictionary(device => device.Address, device => device.LastSeen is { } seen
                ? $"{seen.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}" : ""));
        alarms.Set(AlarmKinds.Refused, refusals().ToDictionary(one => one.Device, one => one.Reason));
    }

    /// <summary>What the check of the days before says.</summary>
    public void LookBack(DateOnly today, int daysBack)
    {
        List<DeviceFinding> findings = [.. Enumerable.Range(1, daysBack)
            .SelectMany(back => quality.Findings(today.AddDays(-back), null, DevicesMax))];
        alarms.Set(AlarmKinds.Missing, Told(findings.Where(one => one.Finding.Rule == QualityRules.Missing)));
        alarms.Set(AlarmKinds.Data, Told(findings.Where(one => one.Finding.Rule != QualityRules.Missing)));
        DateOnly yesterday = today.AddDays(-1);
        Dictionary<string, string> losses = [];
        Dictionary<string, string> overloads = [];
        foreach (Area area in areas.Transformers(yesterday))
        {
            AreaDay day = areas.Loss(area.Name, yesterday, yesterday)[0];
            if (day.LossPermille is { } loss && (loss > limits.LossPermilleMax || loss < limits.LossPermilleMin))
            {
                losses[area.Name] = string.Create(CultureInfo.InvariantCulture,
                    $"{yesterday:yyyy-MM-dd}: {loss / 10.0:0.0} %, {day.LossMilliwattHours!.Value / Permille} Wh");
            }

            if (areas.Load(area.Name, yesterday).LoadPermille is { } load and > Permille)
            {
                overloads[area.Name] = string.Create(CultureInfo.InvariantCulture,
                    $"{yesterday:yyyy-MM-dd}: {load / 10.0:0.0} %");
            }
        }

        alarms.Set(AlarmKinds.Loss, losses);
        alarms.Set(AlarmKinds.Overload, overloads);
    }

    // One that never sent anything is silent from the begin of its place on; one that was taken down has to be.
    // An alarm that was there before this start stays.
    private bool IsSilent(FleetDevice device, bool isTold)
    {
        if (device.IsOnline || device.Ended <= utcNow())
        {
            return false;
        }

        DateTimeOffset since = device.LastSeen ?? device.Placed ?? DateTimeOffset.MinValue;
        since = isTold || since > _listening ? since : _listening;
        return since < utcNow() - limits.SilentAfter;
    }

    private static Dictionary<string, string> Told(IEnumerable<DeviceFinding> findings) => findings
        .GroupBy(one => one.Address).ToDictionary(device => device.Key, device => string.Join(", ", device
            .GroupBy(one => (one.Day, one.Finding.Rule)).Select(group => string.Create(CultureInfo.InvariantCulture,
                $"{group.Key.Day:yyyy-MM-dd} {group.Key.Rule} ({group.Count()})"))));
}
