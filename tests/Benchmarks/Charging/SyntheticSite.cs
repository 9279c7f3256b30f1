using System;
using System.Collections.Generic;
using MeterFirmware.Tools.MeterCtl.Schedule;

namespace MeterFirmware.Tests.Benchmarks.Charging;

/// <summary>Sites made from a seed, of kinds that the recorded file does not hold: four weeks each, local time −8
/// h.</summary>
public sealed record SyntheticSite(
    string Name, long LimitWatts, int Vehicles, int RestDayVehicles, double ArriveHour, double ArriveSpread,
        double StayHours,
    double StaySpread, double WattHoursMin, double WattHoursMax)
{
    private const int Days = 28;

    // 2018-10-08 00:00 at −8 h, a Monday.
    private const long StartUtc = 1_538_985_600;

    public static SyntheticSite[] All =>
    [
        new("made: night garage, 40 cars, 60 kW", 60_000, 40, 30, 18.5, 2.0, 12.5, 1.5, 4_000, 30_000),
        new("made: depot, 30 vans, 80 kW", 80_000, 30, 5, 17.5, 0.7, 12.0, 0.7, 20_000, 40_000),
        new("made: shops, 120 short stays, 80 kW", 80_000, 120, 180, 14.0, 3.0, 1.6, 0.7, 2_000, 14_000),
        new("made: office, 50 cars, 70 kW", 70_000, 50, 4, 8.5, 1.0, 8.5, 1.2, 3_000, 25_000),
    ];

    public IReadOnlyList<ChargingSession> Sessions(SiteOptions site)
    {
        Random random = new(20_261_125);
        List<ChargingSession> sessions = [];
        for (int day = 0; day < Days; day++)
        {
            int mean = day % 7 >= 5 ? RestDayVehicles : Vehicles;
            int count = (int)(mean * (0.8 + 0.4 * random.NextDouble()));
            for (int i = 0; i < count; i++)
            {
                double arrive = Math.Clamp(ArriveHour + ArriveSpread * Normal(random), 0, 23.5);
                double stay = Math.Max(0.4, StayHours + StaySpread * Normal(random));
                double wattHours = WattHoursMin + (WattHoursMax - WattHoursMin) * Math.Pow(random.NextDouble(), 1.5);
                long first =
                    (StartUtc + day * 86_400L + (long)(arrive * 3600) + site.StepSeconds - 1) / site.StepSeconds;
                long end = first + (long)(stay * 3600 / site.StepSeconds);
                long demand = Math.Min((long)(wattHours * 3_600_000), (end - first) * site.StationStepMillijoules);
                int number = sessions.Count + 1;
                sessions.Add(new ChargingSession(number, $"M{number}", $"P{i % 60}", "", first, end, demand));
            }
        }

        return sessions;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
