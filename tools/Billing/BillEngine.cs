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
    private int _earlier;
    private int _at;
    private int _unpriced;
    private int _unpricedLast = -1;

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
        List<SectionLedger> earlier = Ledgers(CarriesFrom(from), from);
        List<SectionLedger> ledgers = Ledgers(from, until);
        _earlier = earlier.Count;
        Book([.. earlier, .. ledgers]);
        if (_unpriced > 0)
        {
            _notes.Add($"{_unpriced} intervals have no price in {_request.Prices!.Path}: the tariff's own prices held");
        }

        ExportCharges exports = new();
        earlier.ForEach(exports.Carry);
        SectionCharges charges = new(_request with { Load = _load }, exports, new PeakMeters(_request, _load));
        List<BillSection> sections = [.. ledgers.Select(charges.Section)];
        return new BillDocument(_request.Documents[0].Model.Currency, sections, [.. _notes, .. exports.Notes]);
    }

    private List<SectionLedger> Ledgers(LocalDate from, LocalDate until) =>
        [.. BillPeriod.Sections(_request.Documents, from, until).Select(part => new SectionLedger(part, _zone, _load))];

    /// <summary>From where exported energy may be carried into the period: the load's begin under a document that
    /// holds, else the period's begin.</summary>
    private LocalDate CarriesFrom(LocalDate from)
    {
        if (_load.ExportMicrojoules is null
            || !_request.Documents.Any(one => one.Model.Terms.Export is { IsNet: true }))
        {
            return from;
        }

        LocalDate first = Instant.FromUnixTimeSeconds(_load.StartUtcSeconds).InZone(_zone).Date;
        LocalDate? holds = _request.IgnoresValidity ? null : _request.Documents[0].Model.Terms.Document?.From;
        return LocalDate.Max(first, holds ?? first);
    }

    /// <summary>All intervals from the load's begin on: what lies before the period counts for the tiers and for what
    /// is carried only.</summary>
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
                bool isBooked = from >= ledger.FromUtc;
                bool isBilled = isBooked && _at >= _earlier;
                if (isFirst && isBooked)
                {
                    ledger.AddWhole(i, from);
                }

                _clock!.Seek(from);
                _discharge?.Seek(from);
                _prices?.Seek(from);
                if (isBilled && _prices is { HasPrice: false } && _unpricedLast != i)
                {
                    _unpriced++;
                    _unpricedLast = i;
                }

                long until = new[]
                {
                    end, _clock.UntilUtc, _discharge?.UntilUtc ?? end, _prices?.UntilUtc ?? end,
                    isBooked ? ledger.UntilUtc : ledger.FromUtc,
                }.Min();
                Import(isBooked ? ledger : null, _clock, i, from, until);
                if (isBooked && _load.ExportMicrojoules is not null)
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
            if (_at < _ledgers.Count && (_at == _earlier || _ledgers[_at].Part.Document != _document))
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
        IReadOnlyList<AnnouncedDay> announced = _request.Announced ?? [];
        _clock = new RateClock(document.Model, announced);
        _discharge = document.Model.Terms.Discharge is TariffModel own ? new RateClock(own, announced) : null;
        _prices = _at >= _earlier && document.Model.Terms.PriceList is PriceListModel list
            && _request.Prices is PriceList prices ? Prices(document, list, prices) : null;
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
            Trace(new BillTrace(BillLineKind.Energy, ledger.Part.From, clock.RateName, tier, price, interval, from,
                until, part));
        });
    }

    private void Export(SectionLedger ledger, RateClock clock, int interval, long from, long until)
    {
        Int128 energy = (Int128)_load.ExportMicrojoules![interval] * (until - from);
        long price = ledger.AddExport(clock, energy, _prices?.Export());
        Trace(new BillTrace(BillLineKind.Export, ledger.Part.From, clock.RateName, 0, price, interval, from, until,
            energy));
    }

    private void Trace(BillTrace trace)
    {
        if (_at >= _earlier)
        {
            _trace?.Invoke(trace);
        }
    }
}
