using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Reads freezes, carbon, the prepaid account, power quality and the table sets over MQTT, as the head-end asks (the
/// utility rereads: facts/metering-rules.md, "collection"), hourly freezes among them, which are not pushed. A freeze
/// comes in parts, each short enough for one answer.
/// </summary>
internal sealed class MeterReader
{
    private const int DemandPart = EnergyKind.Count;
    private const int CostPart = DemandPart + 1;
    private const int CarbonPart = CostPart + 1;

    // Of a freeze: the energies by kind, and what comes behind them.
    private static readonly string[] _freezeParts =
        { "import", "export", "q1", "q2", "q3", "q4", "demand", "cost", "carbon" };
    private static readonly string[] _parts = { "seasons", "dayTables", "prices", "tiers" };

    private readonly SmartMeterProduct _product;
    private readonly MeterTerms _terms;
    private readonly MeterRecorder _recorder;

    public MeterReader(SmartMeterProduct product, MeterTerms terms, MeterRecorder recorder)
    {
        _product = product;
        _terms = terms;
        _recorder = recorder;
    }

    public int Read(FlatJson arguments, ByteTextWriter result)
    {
        if (!arguments.TryFind("what", out int what))
        {
            return CommandRefusal.BadArgument;
        }

        if (arguments.TextEquals(what, "freeze"))
        {
            return ReadFreeze(arguments, result);
        }

        if (arguments.TextEquals(what, "calibration"))
        {
            return MeterCalibration.Read(_recorder, arguments, result);
        }

        if (arguments.TextEquals(what, "harmonics"))
        {
            return ReadHarmonics(arguments, result);
        }

        if (arguments.Count != 1)
        {
            return CommandRefusal.BadArgument;
        }

        return arguments.TextEquals(what, "tariff") ? ReadTariff(result)
            : arguments.TextEquals(what, "prepayment") ? ReadPrepayment(result)
            : arguments.TextEquals(what, "carbon") ? ReadCarbon(result)
            : arguments.TextEquals(what, "quality") ? ReadQuality(result) : CommandRefusal.BadArgument;
    }

    private int ReadTariff(ByteTextWriter result)
    {
        TariffSets sets = _product.Meter.Tariffs;
        result.Name("tariff");
        result.Value(_product.Meter.Tariff.Name);
        result.Name("dayAhead");
        result.Value(sets.HasDayAheadImport);
        for (int part = 0; part < _parts.Length; part++)
        {
            if (sets.SwitchUtc((TariffPart)part) != TariffSets.Never)
            {
                result.Name(_parts[part]);
                result.Value(sets.SwitchUtc((TariffPart)part));
            }
        }

        return CommandRefusal.None;
    }

    private int ReadPrepayment(ByteTextWriter result)
    {
        if (!_terms.IsPrepaid)
        {
            return CommandRefusal.NotSupported;
        }

        _product.ChargeAccount();
        result.Name("balance");
        result.ValueMoney(_terms.Prepayment.Balance);
        result.Name("state");
        result.Value((int)_terms.Prepayment.State);
        result.Name("lastTopUp");
        result.Value(_terms.Prepayment.LastTopUp);
        return CommandRefusal.None;
    }

    private int ReadCarbon(ByteTextWriter result)
    {
        if (!_terms.HasCarbon)
        {
            return CommandRefusal.NotSupported;
        }

        CarbonAccount carbon = _recorder.Carbon;
        result.Name("milligrams");
        result.Value(carbon.TotalMilligrams);
        result.Name("coveredMilligrams");
        result.Value(carbon.CoveredMilligrams);
        result.Name("microgramsPerKwh");
        result.Value(carbon.IntensityMicrogramsPerKwh);
        result.Name("uncertaintyMilligrams");
        result.Value(carbon.UncertaintyMilligrams);
        result.Name("rates");
        result.BeginArray();
        for (int rate = 0; rate < _product.Meter.Tariff.RateCount; rate++)
        {
            result.Value(carbon.Milligrams(rate));
        }

        result.EndArray();
        WriteFactor(result);
        return CommandRefusal.None;
    }

    /// <summary>Whose factor holds now, and what it stands in for.</summary>
    private void WriteFactor(ByteTextWriter result)
    {
        EmissionFactors factors = _terms.Factors;
        long local = CivilTime.FloorDivide(_product.Meter.UtcMs, 1000) + _product.Meter.OffsetSeconds;
        int index = factors.IndexAt(local, out int year);
        bool hasQuarters = factors.HasQuarters(local);
        result.Name("region");
        result.Value(factors.Region);
        result.Name("factor");
        result.Value(factors.At(local, out int _));
        result.Name("factorYear");
        result.Value(factors.Years[index]);
        result.Name("factorOf");
        result.Value(hasQuarters ? "quarter-hour" : factors.IsRegional ? "region" : "country");
        result.Name("otherYear");
        result.Value(!hasQuarters && factors.Years[index] != year);
    }

    private int ReadQuality(ByteTextWriter result)
    {
        QualityRecorder quality = _product.Quality;
        if (quality == null)
        {
            return CommandRefusal.NotSupported;
        }

        quality.WriteMembers(result);
        result.Name("voltageQualified");
        result.BeginArray();
        for (int phase = 0; phase < quality.PhaseCount; phase++)
        {
            WriteShare(quality.Monitor.Voltage(phase), result);
        }

        result.EndArray();
        result.Name("frequencyQualified");
        WriteShare(quality.Monitor.Frequency, result);
        return CommandRefusal.None;
    }

    /// <summary>{"what":"harmonics","phase":0}: orders 2 to 21, from samples.</summary>
    private int ReadHarmonics(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 2 || !arguments.TryGetInteger("phase", out long phase))
        {
            return CommandRefusal.BadArgument;
        }

        QualityRecorder quality = _product.Quality;
        if (quality == null || quality.Harmonics == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (phase < 0 || phase >= quality.PhaseCount)
        {
            return CommandRefusal.OutOfRange;
        }

        quality.Harmonics.WritePhase((int)phase, result);
        return CommandRefusal.None;
    }

    /// <summary>Percent of the values that were inside the limits; null before the first.</summary>
    private static void WriteShare(QualificationCounter counter, ByteTextWriter result)
    {
        if (counter.TryReadRate(out int hundredths))
        {
            result.ValueScaled(hundredths, 2);
        }
        else
        {
            result.Null();
        }
    }

    private int ReadFreeze(FlatJson arguments, ByteTextWriter result)
    {
        if (_recorder == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.Count != 4 || !arguments.TryFind("kind", out int kindAt)
            || !arguments.TryFind("part", out int partAt)
            || !arguments.TryGetInteger("last", out long last) || last < 1 || last > 1000)
        {
            return CommandRefusal.BadArgument;
        }

        // Both before the freeze is read: that may overwrite the message.
        int kind = PlaceOf(arguments, kindAt, FreezePayload.KindNames);
        int part = PlaceOf(arguments, partAt, _freezeParts);
        if (kind == FreezePayload.KindNames.Length)
        {
            return CommandRefusal.BadArgument;
        }

        FreezeReader freeze = _recorder.Freezes;
        if (!freeze.TryRead(kind, (int)last))
        {
            return CommandRefusal.OutOfRange;
        }

        result.Name("nominal");
        result.ValueTime(freeze.NominalUtcSeconds, freeze.OffsetSeconds);
        result.Name("made");
        result.ValueTime(freeze.MadeUtcSeconds, freeze.OffsetSeconds);
        result.Name("flags");
        result.Value(freeze.Flags);
        return WritePart(freeze, part, kind, result);
    }

    /// <summary>The name that a text is, by its place in a list; behind the list: none.</summary>
    private static int PlaceOf(FlatJson arguments, int member, string[] names)
    {
        int place = 0;
        while (place < names.Length && !arguments.TextEquals(member, names[place]))
        {
            place++;
        }

        return place;
    }

    private static int WritePart(FreezeReader freeze, int part, int kind, ByteTextWriter result)
    {
        if (part < (kind == FreezeKind.Hourly ? EnergyKind.ReactiveQuadrant1 : EnergyKind.Count))
        {
            result.Name("total");
            result.Value(freeze.WattHours(part, -1));
            BeginRates(result);
            for (int rate = 0; rate < freeze.RateCount; rate++)
            {
                result.Value(freeze.WattHours(part, rate));
            }

            result.EndArray();
            return CommandRefusal.None;
        }

        if (part == DemandPart && kind != FreezeKind.Hourly)
        {
            WriteDemand(freeze, result);
            return CommandRefusal.None;
        }

        if (kind != FreezeKind.Settlement)
        {
            return CommandRefusal.BadArgument;
        }

        if (part == CostPart)
        {
            WriteCost(freeze, result);
            return CommandRefusal.None;
        }

        if (part != CarbonPart || !freeze.HasCarbon)
        {
            return CommandRefusal.BadArgument;
        }

        result.Name("coveredMilligrams");
        result.Value(freeze.CarbonCoveredMilligrams);
        BeginRates(result);
        for (int rate = 0; rate < freeze.RateCount; rate++)
        {
            result.Value(freeze.CarbonMilligrams(rate));
        }

        result.EndArray();
        return CommandRefusal.None;
    }

    /// <summary>Maxima in mW, total first, then the rates; 0 where there was none.</summary>
    private static void WriteDemand(FreezeReader freeze, ByteTextWriter result)
    {
        for (int direction = 0; direction < 2; direction++)
        {
            result.Name(_freezeParts[direction]);
            result.BeginArray();
            for (int rate = -1; rate < freeze.RateCount; rate++)
            {
                result.Value(freeze.TryDemand(direction == 1, rate, out long milliwatts, out long _) ? milliwatts : 0);
            }

            result.EndArray();
        }
    }

    /// <summary>What each rate costs over its tiers, each tier rounded for display; and what export is paid.</summary>
    private static void WriteCost(FreezeReader freeze, ByteTextWriter result)
    {
        BeginRates(result);
        for (int rate = 0; rate < freeze.RateCount; rate++)
        {
            long cost = 0;
            for (int tier = 0; tier < freeze.TierCount; tier++)
            {
                cost += freeze.ImportCost(rate, tier);
            }

            result.ValueMoney(cost);
        }

        result.EndArray();
        result.Name("export");
        result.BeginArray();
        for (int rate = 0; rate < freeze.RateCount; rate++)
        {
            result.ValueMoney(freeze.ExportCost(rate));
        }

        result.EndArray();
    }

    private static void BeginRates(ByteTextWriter result)
    {
        result.Name("rates");
        result.BeginArray();
    }
}
