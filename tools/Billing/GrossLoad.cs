using MeterFirmware.Tools.Billing.Loads;

namespace MeterFirmware.Tools.Billing;

/// <summary>Buy all, sell all: consumption is what was imported and generated and not exported, and all generation is
/// sold. The whole bill goes by these two, demand too.</summary>
internal static class GrossLoad
{
    public static LoadFile Of(BillRequest request)
    {
        LoadFile load = request.Load;
        bool isGross = request.Documents.Any(one => one.Model.Terms.Export is { IsNet: false });
        if (!isGross)
        {
            return load;
        }

        IReadOnlyList<long> generated = load.GenerationMicrojoules
            ?? throw new InputException($"{load.Path}: $.export.rule buy-all: --generation names the column of the "
                + "generated energy");
        long[] consumed = new long[load.Microjoules.Count];
        for (int i = 0; i < consumed.Length; i++)
        {
            consumed[i] = load.Microjoules[i] + generated[i] - (load.ExportMicrojoules?[i] ?? 0);
            if (consumed[i] < 0)
            {
                throw new InputException($"{load.Path}:{(i < load.Lines.Count ? load.Lines[i] : 0)}: more is exported "
                    + "than was imported and generated");
            }
        }

        return load with { Microjoules = consumed, ExportMicrojoules = generated };
    }
}
