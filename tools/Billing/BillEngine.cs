using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>
/// Makes a bill from a load and tariff documents, exactly: an interval's energy is even in time, each second has the
/// price of its moment, a line is rounded once. Where a meter settles at the same dates its lines are the same to the
/// last digit.
/// </summary>
public sealed class BillEngine
{
    private readonly BillRequest _request;
    private readonly LoadFile _load;
    private readonly DateTimeZone _zone;
    private readonly List<string> _notes = [];
    private readonly Action<BillTrace>? _trace;
    private readonly TierCounter _tiers;
    private List<SectionLedger> _ledgers = [];
    private TariffFile? _document;
    private RateClock? _clock;
    private RateClock? _discharge;
    private PriceClock? _prices;
    private int _at;
    private int _unpriced;

    private BillEngine(BillRequest request, Action<BillTrace>? trace)
    {
        _request = request;
        _load = GrossLoad.Of(request);
        _zone = request.Documents[0].Zone;
        _trace = trace;
        _tiers = new TierCounter(_load.StepSeconds,
            Instant.FromUnixTimeSeconds(_load.StartUtcSeconds).InZone(_zone).Date, request.UsedWattHours);
    }

    /// <param name="request">Load, documents, period.</param>
    /// <param name="trace">Told each part of an interval that a line of energy is made of; null: nobody asks.</param>
    public static BillDocument Make(BillRequest request, Action<BillTrace>? trace = null) =>
        new BillEngine(request, trace).Make();

    private BillDocument Make()
    {
        (LocalDate from, LocalDate until) = BillPeriod.Of(_request, _zone);
        if (!_request.IgnoresValidity)
        {
            DocumentOrder.Check(_request.Documents, from, until);
        }

        _notes.AddRange(BillNotes.Of(_request, from, until));
        List<SectionLedger> ledgers =
            [.. BillPeriod.Sections(_request.Documents, from, until)
            .Select(part => new SectionLedger(part, _zone, _load))];
        Book(ledgers);
        if (_unpriced > 0)
        {
            _notes.Add($"{_unpriced} intervals have no price in {_request.Prices!.Path}: the tariff's own prices held");
        }

        SectionCharges charges = new(_request with { Load = _load }, new ExportCharges(), new PeakMeters(_request, _load));
        return new BillDocument(_request.Documents[0].Model.Currency, [.. ledgers.Select(charges.Section)], _notes);
    }

    /// <summary>All intervals from the load's begin on: what lies before the period counts for the tiers
    /// only.</summary>
    private void Book(List<SectionLedger> ledgers)
    {
        _ledgers = ledgers;
        Follow(ledgers[0].Part.Document);
        for (int i = 0; i < _load.Microjoules.Count; i++)
        {
            long from = _load.StartUtcSeconds + (long)i * _load.StepSeconds;
            long end = from + _load.StepSeconds;
            for (bool isFirst = true; from < end && TrySection(from); isFirst = false)
            {
                SectionLedger ledger = ledgers[_at];
                bool isBilled = from >= ledger.FromUtc;
                if (isFirst && isBilled)
                {
                    ledger.AddWhole(i, from);
                }

                _clock!.Seek(from);
                _discharge?.Seek(from);
                _prices?.Seek(from);
                _unpriced += isFirst && isBilled && _prices is { HasPrice: false } ? 1 : 0;
                long until = new[]
                {
                    end, _clock.UntilUtc, _discharge?.UntilUtc ?? end, _prices?.UntilUtc ?? end,
                    isBilled ? ledger.UntilUtc : ledger.FromUtc,
                }.Min();
                Import(isBilled ? ledger : null, _clock, i, from, until);
                if (isBilled && _load.ExportMicrojoules is not null)
                {
                    Export(ledger, _discharge ?? _clock, i, from, until);
                }

                from = until;
            }
        }
    }

    /// <summary>Goes on to the section that holds a moment, or that comes next; false: the last one has
    /// ended.</summary>
    private bool TrySection(long utc)
    {
        while (_at < _ledgers.Count && utc >= _ledgers[_at].UntilUtc)
        {
            _at++;
            if (_at < _ledgers.Count && _ledgers[_at].Part.Document != _document)
            {
                Follow(_ledgers[_at].Part.Document);
            }
        }

        return _at < _ledgers.Count;
    }

    private void Follow(TariffFile document)
    {
        _document = document;
        _tiers.Follow(document.Model);
        _clock = new RateClock(document.Model, _request.Announced ?? []);
        _discharge = document.Model.Terms.Discharge is TariffModel own ? new RateClock(own, []) : null;
        _prices = document.Model.Terms.PriceList is PriceListModel list && _request.Prices is PriceList prices
            ? Prices(document, list, prices) : null;
    }

    private static PriceClock Prices(TariffFile document, PriceListModel model, PriceList list) =>
        list.StepSeconds == model.Minutes * 60 ? new PriceClock(model, list)
            : throw new InputException($"{list.Path}: prices of {list.StepSeconds / 60} minutes; {document.FileName}: "
                + $"$.priceList.minutes says {model.Minutes}");

    private void Import(SectionLedger? ledger, RateClock clock, int interval, long from, long until)
    {
        Int128 energy = (Int128)_load.Microjoules[interval] * (until - from);
        _tiers.Add(clock.Date, energy, (tier, part) =>
        {
            if (ledger is null)
            {
                return;
            }

            long price = ledger.AddImport(clock, tier, part, _prices?.Import(clock.Rate));
            _trace?.Invoke(new BillTrace(BillLineKind.Energy, ledger.Part.From, clock.RateName, tier, price, interval,
                from, until, part));
        });
    }

    private void Export(SectionLedger ledger, RateClock clock, int interval, long from, long until)
    {
        Int128 energy = (Int128)_load.ExportMicrojoules![interval] * (until - from);
        long price = ledger.AddExport(clock, energy, _prices?.Export());
        _trace?.Invoke(new BillTrace(BillLineKind.Export, ledger.Part.From, clock.RateName, 0, price, interval, from,
            until, energy));
    }
}
