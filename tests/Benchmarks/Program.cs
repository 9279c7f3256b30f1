using MeterFirmware.Tests.Benchmarks;
using MeterFirmware.Tests.Benchmarks.Charging;

// Each benchmark prints its figures side by side in one run. No argument: all of them.
Dictionary<string, Action> benchmarks = new()
{
    ["meter"] = MeterBenchmark.Run,
    ["charging"] = ChargingBenchmark.Run,
    ["generalisation"] = GeneralisationBenchmark.Run,
    ["charger"] = ChargerBenchmark.Run,
    ["bill"] = BillBenchmark.Run,
    ["sizes"] = () =>
    {
        SizeTable.Run();
        ChargerSizes.Run();
        SiteSizes.Run();
    },
    ["capacity"] = CapacityTable.Run,
};

string[] wanted = args.Length == 0 ? [.. benchmarks.Keys] : args;
foreach (string name in wanted)
{
    if (!benchmarks.TryGetValue(name, out Action? run))
    {
        Console.Error.WriteLine($"no benchmark \"{name}\"; there are: {string.Join(", ", benchmarks.Keys)}");
        return 2;
    }

    Console.WriteLine($"== {name}");
    run();
    Console.WriteLine();
}

return 0;
