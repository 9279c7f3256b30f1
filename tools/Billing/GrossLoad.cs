using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Billing;

/// <summary>Buy all, sell all: consumption is what was imported and generated and not exported, and all generation is
/// sold. The whole bill goes by these two, demand too.</summary>
internal static class GrossLoad
{
    public static LoadFile Of(BillRequest request)
    {
        LoadFile load = request.Load;
        TariffFile? gross = request.Documents.FirstOrDefault(IsGross);
        if (gross is null)
        {
            return load;
        }

        if (request.Documents.FirstOrDefault(one => !IsGross(one)) is TariffFile other)
        {
            throw new InputException($"{other.FileName}: $.export.rule: \"buy-all\" as in {gross.FileName} was "
                + "expected: one bill goes by one rule; a bill for each of them has its own --period");
        }

        IReadOnlyList<long> generated = load.GenerationMicrojoules
            ?? throw new InputException($"{load.Path}: $.export.rule buy-all: --generation names the column of the "
                + "generated energy");
        IReadOnlyList<long> exported = load.ExportMicrojoules
            ?? throw new InputException($"{load.Path}: $.export.rule buy-all: --export names the column of the "
                + "exported energy: without it what is exported would be billed as consumed");
        long[] consumed = new long[load.Microjoules.Count];
        for (int i = 0; i < consumed.Length; i++)
        {
            consumed[i] = load.Microjoules[i] + generated[i] - exported[i];
            if (consumed[i] < 0)
            {
                throw new InputException($"{load.Path}:{(i < load.Lines.Count ? load.Lines[i] : 0)}: more is exported "
                    + "than was imported and generated");
            }
        }

        return load with { Microjoules = consumed, ExportMicrojoules = generated };
    }

    private static bool IsGross(TariffFile document) => document.Model.Terms.Export is { IsNet: false };
}
