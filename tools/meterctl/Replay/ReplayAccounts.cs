using System.Text.Json.Nodes;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>The sections prepayment, quality and carbon of a replay.</summary>
internal static class ReplayAccounts
{
    /// <summary>Every change of the account's state, and how it stands at the end.</summary>
    public static JsonArray Prepayment(ReplayResult run)
    {
        JsonArray rows = [.. run.Events.Where(e => e.Code == EventCode.Prepayment)
            .Select(e => (JsonNode)Row(e.StartUtcSeconds, e.OffsetSeconds, (PrepaymentState)e.Values[0], e.Values[1]))];
        SmartMeterProduct product = run.Meter.Product;
        product.ChargeAccount();
        PrepaymentAccount account = run.Meter.Firmware.Terms.Prepayment;
        long end = run.Meter.Clock.UtcSeconds;
        JsonObject last = Row(end, product.Meter.Tariff.OffsetSecondsAt(end), account.State, account.Balance);
        last["used"] = Money.Text(product.BilledEver);
        rows.Add(last);
        return rows;
    }

    /// <summary>Rates of qualification since the last loss of supply, then the dips, swells and interruptions of the
    /// file.
    /// </summary>
    public static JsonArray Quality(ReplayResult run)
    {
        QualityMonitor monitor = run.Meter.Product.Quality.Monitor;
        JsonArray rows = [Row("voltage V, 10 min", monitor.Voltage(0), 1000),
            Row("frequency Hz, 10 s", monitor.Frequency, 1000)];
        foreach ((int code, string name) in new[] { (EventCode.VoltageDip, "dips"), (EventCode.VoltageSwell, "swells"),
            (EventCode.VoltageInterruption, "interruptions"), (EventCode.QualityTwoHours, "two-hour records") })
        {
            rows.Add(new JsonObject { ["quantity"] = name, ["values"] = run.Events.Count(e => e.Code == code) });
        }

        return rows;
    }

    /// <summary>Each settlement's emissions, and what has come since the last, with its expanded uncertainty (k =
    /// 2).</summary>
    public static JsonArray Carbon(ReplayResult run)
    {
        JsonArray rows = [];
        MeterRecorder recorder = run.Meter.Recorder;
        TariffTable tariff = run.Meter.Product.Meter.Tariff;
        FreezeReader freeze = recorder.Freezes;
        for (int last = (int)Math.Min(ReplaySections.SettlementCountMax, freeze.Count(FreezeKind.Settlement)); last
            >= 1; last--)
        {
            if (freeze.TryRead(FreezeKind.Settlement, last))
            {
                rows.Add(Row(ReplaySections.Time(freeze.NominalUtcSeconds, freeze.OffsetSeconds),
                    [.. Enumerable.Range(0, tariff.RateCount).Select(freeze.CarbonMilligrams)], tariff,
                    freeze.CarbonCoveredMilligrams));
            }
        }

        CarbonAccount carbon = recorder.Carbon;
        JsonObject open = Row("since then", [.. Enumerable.Range(0, tariff.RateCount).Select(carbon.Milligrams)],
            tariff, carbon.CoveredMilligrams);
        open["gramsPerKwh"] = carbon.IntensityMicrogramsPerKwh / 1_000_000m;
        open["uncertaintyKg"] = carbon.UncertaintyMilligrams / 1_000_000m;
        rows.Add(open);
        return rows;
    }

    private static JsonObject Row(long utcSeconds, int offsetSeconds, PrepaymentState state, long balance) => new()
    {
        ["at"] = ReplaySections.Time(utcSeconds, offsetSeconds),
        ["state"] = state switch
        {
            PrepaymentState.Normal => "normal",
            PrepaymentState.Alarm1 => "alarm 1",
            PrepaymentState.Alarm2 => "alarm 2",
            PrepaymentState.OnCredit => "on credit",
            _ => "used up",
        },
        ["balance"] = Money.Text(balance),
    };

    private static JsonObject Row(string quantity, QualificationCounter counter, decimal unit) => new()
    {
        ["quantity"] = quantity,
        ["values"] = counter.Total,
        ["qualifiedPercent"] = counter.TryReadRate(out int hundredths) ? hundredths / 100m : null,
        ["below"] = counter.Below,
        ["above"] = counter.Above,
        ["minimum"] = counter.Total == 0 ? null : counter.Minimum / unit,
        ["maximum"] = counter.Total == 0 ? null : counter.Maximum / unit,
    };

    private static JsonObject Row(string until, long[] milligrams, TariffTable tariff, long covered)
    {
        JsonObject rates = [];
        for (int rate = 0; rate < milligrams.Length; rate++)
        {
            rates[tariff.RateName(rate)] = milligrams[rate] / 1_000_000m;
        }

        return new JsonObject
        {
            ["until"] = until,
            ["co2Kg"] = milligrams.Sum() / 1_000_000m,
            ["rates"] = rates,
            ["coveredKg"] = covered / 1_000_000m,
        };
    }
}
