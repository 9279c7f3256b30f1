using System.Text.Json;
using MeterFirmware.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A tariff file (design/cli.md, "Tariff file") into a model; every error is found, not only the
/// first.</summary>
internal sealed class TariffParser
{
    private static readonly string[] _required = ["name", "timezone", "currency", "rates", "days", "seasons"];

    private static readonly string[] _optional =
        ["prices", "holidays", "exportPrices", "tiers", "serviceFee", "carbonGramsPerKwh",
            .. TariffTermsParser.Members, .. TariffChargeParser.Members];

    private readonly List<TariffProblem> _problems;
    private readonly TariffFields _fields;
    private readonly TariffModel _model = new();

    private TariffParser(List<TariffProblem> problems)
    {
        _problems = problems;
        _fields = new TariffFields(problems);
    }

    /// <summary>Null when anything is wrong; the problems then say what.</summary>
    public static TariffModel? Parse(byte[] utf8, List<TariffProblem> problems)
    {
        JsonValue? root = JsonReader.Read(utf8, problems);
        if (root is null)
        {
            return null;
        }

        TariffParser parser = new(problems);
        if (parser._fields.IsObject(root, _required, _optional))
        {
            parser.ParseRoot(root);
        }

        return problems.Count == 0 ? parser._model : null;
    }

    private void ParseRoot(JsonValue root)
    {
        if (root.Find("name") is JsonValue name && _fields.IsName(name, TariffLimits.NameBytesMax))
        {
            _model.Name = name.Text;
        }

        ParseZone(root.Find("timezone"));
        if (root.Find("currency") is JsonValue currency && _fields.IsKind(currency, JsonValueKind.String, "a string"))
        {
            _model.Currency = currency.Text;
            if (currency.Text.Length != 3 || !currency.Text.All(char.IsAsciiLetterUpper))
            {
                _fields.Add(currency,
                    $"{JsonReader.Quote(currency.Text)} is no currency; expected three letters of ISO 4217 such as "
                    + $"\"CNY\"");
            }
        }

        ParseDevice(root.Find("device"));
        new TariffTermsParser(_fields, _model).Parse(root);
        bool ratesAreGood = root.Find("rates") is JsonValue rates && ParseRates(rates);
        TariffScheduleParser schedule = new(_fields, _model, ratesAreGood);
        schedule.Parse(root.Find("days"), root.Find("seasons"), root.Find("holidays"));
        schedule.ParseAnnounced(root.Find("announced"));
        if (ratesAreGood)
        {
            new TariffPriceParser(_fields, _model).Parse(root);
            new TariffChargeParser(_fields, _model).Parse(root);
            ParseDischarge(root.Find("discharge"));
        }
    }

    /// <summary>"device": false says that the document is for the bill engine, whose limits are wider.</summary>
    private void ParseDevice(JsonValue? device)
    {
        if (device is not null && device.Kind is not (JsonValueKind.True or JsonValueKind.False))
        {
            _fields.Add(device, $"expected true or false, found {device.KindName}");
        }

        _model.IsForDevices = device is null || device.Kind == JsonValueKind.True;
    }

    /// <summary>Discharged energy has its own rates, periods and prices, in the zone and currency of the
    /// tariff.</summary>
    private void ParseDischarge(JsonValue? discharge)
    {
        if (discharge is null || !_fields.IsObject(discharge, ["rates", "days", "seasons", "prices"], ["holidays"]))
        {
            return;
        }

        TariffParser inner = new(_problems);
        inner._model.TimeZone = _model.TimeZone;
        inner._model.IsForDevices = _model.IsForDevices;
        if (discharge.Find("rates") is JsonValue rates && inner.ParseRates(rates))
        {
            new TariffScheduleParser(_fields, inner._model, true)
                .Parse(discharge.Find("days"), discharge.Find("seasons"), discharge.Find("holidays"));
            new TariffPriceParser(_fields, inner._model).Parse(discharge);
        }

        _model.Terms.Discharge = inner._model;
    }

    private void ParseZone(JsonValue? timezone)
    {
        if (timezone is null || !_fields.IsKind(timezone, JsonValueKind.String, "a zone name or an offset as a string"))
        {
            return;
        }

        string? error = TariffZone.Parse(timezone.Text, out DateTimeZone zone);
        if (error != null)
        {
            _fields.Add(timezone, error);
        }

        _model.TimeZoneText = timezone.Text;
        _model.TimeZone = zone;
    }

    private bool ParseRates(JsonValue rates)
    {
        if (!_fields.IsKind(rates, JsonValueKind.Array, "an array of names"))
        {
            return false;
        }

        int before = _problems.Count;
        if (rates.Items.Count is 0 or > TariffLimits.RateCountMax)
        {
            _fields.Add(rates, $"{rates.Items.Count} rates; expected 1 to {TariffLimits.RateCountMax}");
        }

        foreach (JsonValue rate in rates.Items)
        {
            if (!_fields.IsName(rate, TariffLimits.RateNameBytesMax))
            {
                continue;
            }

            if (_model.Rates.Contains(rate.Text))
            {
                _fields.Add(rate, $"rate {JsonReader.Quote(rate.Text)} is given twice");
            }

            _model.Rates.Add(rate.Text);
        }

        return _problems.Count == before;
    }
}
