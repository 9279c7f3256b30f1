using System.Globalization;
using System.Numerics;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Billing;

/// <summary>The lines of exported energy: paid by its own prices, or offset against the imported energy of its rate.
/// What is carried goes from one section to the next.</summary>
internal sealed class ExportCharges
{
    /// <summary>Carried energy by rate, µJ·s.</summary>
    private readonly Dictionary<string, Int128> _carried = [];
    private readonly List<string> _notes = [];

    /// <summary>Carried energy for which the document that follows has no place.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>A section before the bill: only what it carries on counts.</summary>
    public void Carry(SectionLedger ledger)
    {
        Lines(ledger);
        _notes.Clear();
    }

    public List<BillLine> Lines(SectionLedger ledger)
    {
        TariffModel model = ledger.Part.Document.Model;
        ExportModel? net = model.Terms.Export is { IsNet: true } rule ? rule : null;
        Drop(ledger, net);
        List<BillLine> lines = [];
        List<string> rates = (model.Terms.Discharge ?? model).Rates;
        for (int rate = 0; rate < rates.Count; rate++)
        {
            lines.AddRange(net is not null ? Net(ledger, net, rate, rates[rate])
                : [ledger.Export.Line(BillLineKind.Export, rates[rate], rate, -1,
                    "exported energy of the rate × price, paid to the customer")]);
        }

        return lines;
    }

    /// <summary>What was carried in a rate that the document does not offset is lost, and the bill says so.</summary>
    private void Drop(SectionLedger ledger, ExportModel? net)
    {
        foreach ((string name, Int128 energy) in _carried.Where(one => net is null
            || !ledger.Part.Document.Model.Rates.Contains(one.Key)).ToList())
        {
            _carried.Remove(name);
            if (energy > 0)
            {
                string why = net is null ? "no net metering" : $"no rate {name}";
                _notes.Add($"{ledger.Part.Document.FileName}: {why}: {ledger.Export.Text(energy)} kWh of {name}, "
                    + $"carried to {ledger.Part.From:uuuu-MM-dd}, are lost");
            }
        }
    }

    private IEnumerable<BillLine> Net(SectionLedger ledger, ExportModel rule, int rate, string name)
    {
        Int128 imported = ledger.Import.Energy(rate, out BigInteger cost);
        Int128 exported = ledger.Export.Energy(rate, out BigInteger _);
        Int128 available = exported + _carried.GetValueOrDefault(name);
        Int128 offset = Int128.Min(imported, available);
        Int128 rest = available - offset;
        bool isSettled = rule.Surplus == SurplusRule.Paid
            || (ledger.Part.From.Month == rule.SettlementMonth && ledger.Part.Until.Month != rule.SettlementMonth);
        _carried[name] = rule.Surplus == SurplusRule.Carry && !isSettled ? rest : 0;
        string after = rest == 0 || isSettled ? ""
            : rule.Surplus == SurplusRule.Carry ? $"; {ledger.Export.Text(rest)} kWh are carried on"
            : $"; {ledger.Export.Text(rest)} kWh lapse";
        yield return new BillLine(BillLineKind.Export, name, ledger.Export.Kilowatthours(offset), "kWh",
            imported == 0 ? 0 : -ledger.Import.Cost(cost * offset, imported), [],
            $"exported energy offsets imported energy of the rate, at its mean price{after}")
        { Rate = name };
        if (isSettled)
        {
            long price = ledger.ExportPrice(rate);
            yield return new BillLine(BillLineKind.Export, $"{name}, surplus", ledger.Export.Kilowatthours(rest), "kWh",
                -ledger.Export.Cost(rest * (BigInteger)price, 1), [],
                string.Create(CultureInfo.InvariantCulture,
                    $"exported energy beyond the imported, at {price / 1_000_000m:0.######}"))
            { Rate = name };
        }
    }
}
