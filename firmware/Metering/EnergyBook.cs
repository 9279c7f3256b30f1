using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>Puts a share of energy into every account that counts it: registers of phases, total and rate, cost,
/// demand.</summary>
internal sealed class EnergyBook
{
    private readonly Meter _meter;
    private readonly int _phaseCount;

    public EnergyBook(Meter meter, int phaseCount)
    {
        _meter = meter;
        _phaseCount = phaseCount;
    }

    /// <summary>Books energy that lies in one rate and one tier period.</summary>
    public void Add(PendingEnergy energy, int rate, long utcSeconds)
    {
        EnergyRegisters registers = _meter.Registers;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            long import = energy.Import(phase);
            long export = energy.Export(phase);
            long reactive = energy.Reactive(phase);
            if (import > 0)
            {
                registers.AddPhase(EnergyKind.Import, phase, import);
            }

            if (export > 0)
            {
                registers.AddPhase(EnergyKind.Export, phase, export);
            }

            if (reactive != 0)
            {
                registers.AddPhase(EnergyKind.OfQuadrant(export > import, reactive < 0), phase,
                    reactive < 0 ? -reactive : reactive);
            }
        }

        long net = energy.NetActive;
        if (net > 0)
        {
            registers.AddTotal(EnergyKind.Import, rate, net);
            _meter.ImportCost.Add(rate, net, utcSeconds);
            _meter.ImportDemand.Add(net);
        }
        else if (net < 0)
        {
            registers.AddTotal(EnergyKind.Export, rate, -net);
            _meter.ExportCost.Add(rate, -net, utcSeconds);
            _meter.ExportDemand.Add(-net);
        }

        AddReactive(energy, net, rate);
    }

    /// <summary>Books what an interval record proves beyond the registers: their saved state is older than the record.
    /// Within the record energy is taken as even in time, so that each part costs the price of its moment; the phases
    /// of a poly-phase meter follow their mean power. Maximum demand is not in a record: it is saved whenever it
    /// rises.</summary>
    /// <param name="record">The interval that was open when the registers were saved, or the next one.</param>
    /// <param name="importAtStart">Import register at its start in mWh.</param>
    /// <param name="exportAtStart">Export register at its start in mWh.</param>
    /// <param name="isTimed">False: the prices stay those of <paramref name="fromUtcSeconds"/>.</param>
    /// <param name="fromUtcSeconds">Up to where the registers were booked.</param>
    /// <returns>False: the record does not continue these registers; nothing changed.</returns>
    public bool TryBook(IntervalRecord record, long importAtStart, long exportAtStart, bool isTimed,
        long fromUtcSeconds)
    {
        EnergyRegisters registers = _meter.Registers;
        long import =
            MissingMicrojoules(EnergyKind.Import, importAtStart + record.ImportMilliwattHours, record.ImportWattHours);
        long export =
            MissingMicrojoules(EnergyKind.Export, exportAtStart + record.ExportMilliwattHours, record.ExportWattHours);
        if (import < 0 || export < 0 || record.Rate < 0 || record.Rate >= registers.RateCount
            || record.PhaseCount != _phaseCount)
        {
            return false;
        }

        BookPhases(record, import, export, record.EndUtcSeconds - fromUtcSeconds);
        long from = fromUtcSeconds;
        long until = _meter.SeekPrices(from);
        for (; isTimed && until < record.EndUtcSeconds; until = _meter.SeekPrices(from))
        {
            long importPart = Scaling.Share(import, until - from, record.EndUtcSeconds - from);
            long exportPart = Scaling.Share(export, until - from, record.EndUtcSeconds - from);
            BookTotals(record.Rate, importPart, exportPart, from);
            import -= importPart;
            export -= exportPart;
            from = until;
        }

        BookTotals(record.Rate, import, export, from);
        for (int quadrant = 0; quadrant < 4; quadrant++)
        {
            int kind = EnergyKind.ReactiveQuadrant1 + quadrant;
            long varHours = record.ReactiveVarHours[quadrant] - registers.TotalWattHours(kind);
            if (varHours > 0)
            {
                registers.AddTotal(kind, record.Rate,
                    varHours * Scaling.MicrojoulesPerWattHour - registers.TotalRemainder(kind));
            }
        }

        return true;
    }

    private void BookTotals(int rate, long import, long export, long utcSeconds)
    {
        _meter.Registers.AddTotal(EnergyKind.Import, rate, import);
        _meter.Registers.AddTotal(EnergyKind.Export, rate, export);
        if (rate < _meter.Tariff.RateCount)
        {
            // Else the record is of a table that is gone: there is no price for it.
            _meter.ImportCost.Add(rate, import, utcSeconds);
            _meter.ExportCost.Add(rate, export, utcSeconds);
        }
    }

    private void BookPhases(IntervalRecord record, long import, long export, long seconds)
    {
        if (_phaseCount == 1)
        {
            _meter.Registers.AddPhase(EnergyKind.Import, 0, import);
            _meter.Registers.AddPhase(EnergyKind.Export, 0, export);
            return;
        }

        for (int phase = 0; phase < _phaseCount && seconds > 0; phase++)
        {
            // mW × s × 1000 = µJ.
            long microjoules = record.ActivePowerMilliwatts[phase] * seconds * 1000;
            _meter.Registers.AddPhase(microjoules < 0 ? EnergyKind.Export : EnergyKind.Import, phase,
                microjoules < 0 ? -microjoules : microjoules);
        }
    }

    /// <summary>From the register to a reading in mWh; −1 when the reading lies behind it or is not the
    /// record's.</summary>
    private long MissingMicrojoules(int kind, long milliwattHours, long wattHours)
    {
        const long MicrojoulesPerMilliwattHour = Scaling.MicrojoulesPerWattHour / 1000;
        long remainder = _meter.Registers.TotalRemainder(kind);
        long now = _meter.Registers.TotalWattHours(kind) * 1000 + remainder / MicrojoulesPerMilliwattHour;
        if (milliwattHours < now || milliwattHours / 1000 != wattHours)
        {
            return -1;
        }

        // A record's reading is truncated to a mWh: where nothing is missing the register is ahead by the rest of one.
        return milliwattHours == now
            ? 0 : (milliwattHours - now) * MicrojoulesPerMilliwattHour - remainder % MicrojoulesPerMilliwattHour;
    }

    private void AddReactive(PendingEnergy energy, long net, int rate)
    {
        EnergyRegisters registers = _meter.Registers;
        long netReactive = energy.NetReactive;
        if (netReactive != 0)
        {
            registers.AddTotal(EnergyKind.OfQuadrant(net < 0, netReactive < 0), rate,
                netReactive < 0 ? -netReactive : netReactive);
        }
    }
}
