using Google.OrTools.Graph;
using MeterFirmware.Tools.MeterCtl.Schedule;
using MeterFirmware.Tools.Billing.Tariffs;

// The clairvoyant bound once more, as one minimum-cost flow of another's solver over single steps.
if (args.Length != 1)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Benchmarks/BoundCheck -- SESSIONS.csv");
    return 2;
}

// Flow in units of 10 J, prices in 0.0001: both exact here, and their products fit 64 bits.
const long MillijoulesPerUnit = 10_000;
const int MicrosPerPriceUnit = 100;
bool agree = true;
foreach (int kilowatts in new[] { 60, 100 })
{
    SiteOptions site = new() { LimitWatts = kilowatts * 1000L };
    SchedulePlan plan =
        new(SessionFile.Load(args[0], site), new TariffPrices(TariffFile.Load("workplace-benchmark")), site);
    (long ourEnergy, decimal ourCost) = plan.Bound();
    MinCostFlow flow = new();
    int sessions = plan.Sessions.Count;
    int sink = sessions + plan.Prices.Count;
    for (int i = 0; i < sessions; i++)
    {
        ChargingSession session = plan.Sessions[i];
        flow.SetNodeSupply(i, session.DemandMillijoules / MillijoulesPerUnit);
        for (long step = session.FirstStep; step < session.EndStep; step++)
        {
            flow.AddArcWithCapacityAndUnitCost(
                i, sessions + (int)(step - plan.Prices.FirstStep), site.StationStepMillijoules / MillijoulesPerUnit, 0);
        }
    }

    for (int index = 0; index < plan.Prices.Count; index++)
    {
        flow.AddArcWithCapacityAndUnitCost(
            sessions + index, sink, site.SiteStepMillijoules / MillijoulesPerUnit,
                plan.Prices.PriceMicros(index) / MicrosPerPriceUnit);
    }

    flow.SetNodeSupply(sink, -plan.Sessions.Sum(s => s.DemandMillijoules / MillijoulesPerUnit));
    MinCostFlowBase.Status status = flow.SolveMaxFlowWithMinCost();
    decimal theirEnergy = flow.MaximumFlow() * MillijoulesPerUnit / 3_600_000_000m;
    decimal theirCost =
        flow.OptimalCost() * (decimal)MillijoulesPerUnit / 3_600_000_000m * MicrosPerPriceUnit / 1_000_000m;
    Console.WriteLine(FormattableString.Invariant(
        $"{kilowatts} kW: ours {ourEnergy / 3.6e9:F4} kWh, {ourCost:F4}; OR-Tools {status} {theirEnergy:F4} kWh, {theirCost:F4}"));
    agree &= Math.Abs(theirCost - ourCost) < 0.001m && Math.Abs(theirEnergy - ourEnergy / 3_600_000_000m) < 0.001m;
}

Console.WriteLine(agree ? "agree" : "DIFFER");
return agree ? 0 : 1;
