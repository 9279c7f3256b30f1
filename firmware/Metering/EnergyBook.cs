namespace MeterFirmware.Metering;

/// <summary>Puts a share of energy into every account that counts it: registers of phases, total and rate, cost, demand.</summary>
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

        long netReactive = energy.NetReactive;
        if (netReactive != 0)
        {
            registers.AddTotal(EnergyKind.OfQuadrant(net < 0, netReactive < 0), rate,
                netReactive < 0 ? -netReactive : netReactive);
        }
    }
}
