using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>A good tariff file, and what becomes of it with one text replaced.</summary>
internal static class TariffSource
{
    public const string Good = """
        {
          "name": "Test",
          "timezone": "Asia/Shanghai",
          "currency": "CNY",
          "rates": ["peak", "valley"],
          "days": {
            "workday": [["00:00", "valley"], ["06:00", "peak"], ["22:15", "valley"]],
            "restday": [["00:00", "valley"]]
          },
          "seasons": [
            {"from": "01-01", "weekday": "workday", "weekend": "restday"},
            {"from": "07-15", "weekday": "workday", "weekend": "workday"}
          ],
          "holidays": [{"date": "2026-10-01", "day": "restday"}, {"date": "2026-05-01", "day": "restday"}],
          "prices": {"peak": "0.617", "valley": "0.307001"},
          "exportPrices": {"peak": "0.5", "valley": "0"},
          "tiers": {"period": "year", "steps": [
            {"fromKwh": 0, "add": {}},
            {"fromKwh": 3120.5, "add": {"peak": "0.06", "valley": "-0.03"}}
          ]},
          "serviceFee": "0.4",
          "carbonGramsPerKwh": 530.6
        }
        """;

    public static List<string> Errors(string json) => Errors(Encoding.UTF8.GetBytes(json));

    public static List<string> Errors(byte[] utf8)
    {
        List<TariffProblem> problems = [];
        TariffFile tariff = TariffFile.TryParse(utf8, "t.json", problems);
        Assert.AreEqual(problems.Count == 0, tariff != null);
        return [.. problems.Select(p => p.Describe("t.json"))];
    }

    public static TariffFile Parse(string json)
    {
        List<TariffProblem> problems = [];
        TariffFile tariff = TariffFile.TryParse(Encoding.UTF8.GetBytes(json), "t.json", problems);
        Assert.IsNotNull(tariff, string.Join("\n", problems));
        return tariff;
    }

    public static string With(string what, string by)
    {
        Assert.AreEqual(2, Good.Split(what).Length, $"'{what}' must be in the good file once");
        return Good.Replace(what, by);
    }
}
