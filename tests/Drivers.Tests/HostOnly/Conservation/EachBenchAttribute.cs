using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

/// <summary>A row for each class of this folder that is a bench, by the name of the driver's folder; two where it has a
/// choice of SPI. So a new chip's bench is in the suite when it is there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EachBenchAttribute : Attribute, ITestDataSource
{
    private const string Suffix = "ConservationBench";
    private const string Spi = " on SPI";

    /// <summary>Folders of drivers that have a bench.</summary>
    public static string[] Folders { get; } =
        [.. Types().Select(type => type.Name[..^Suffix.Length]).Order(StringComparer.Ordinal)];

    public static ConservationBench New(string row)
    {
        bool isSpi = row.EndsWith(Spi, StringComparison.Ordinal);
        string folder = isSpi ? row[..^Spi.Length] : row;
        Type bench = Types().Single(type => type.Name == folder + Suffix);
        object[] arguments = HasChoice(bench) ? [isSpi] : [];
        return (ConservationBench)Activator.CreateInstance(bench, arguments);
    }

    public IEnumerable<object[]> GetData(MethodInfo methodInfo)
    {
        foreach (string folder in Folders)
        {
            yield return [folder];
            if (HasChoice(Types().Single(type => type.Name == folder + Suffix)))
            {
                yield return [folder + Spi];
            }
        }
    }

    public string GetDisplayName(MethodInfo methodInfo, object[] data) => methodInfo.Name + " (" + data[0] + ")";

    private static IEnumerable<Type> Types() => typeof(ConservationBench).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(ConservationBench)));

    private static bool HasChoice(Type bench) => bench.GetConstructor([typeof(bool)]) != null;
}
