using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Campaigns;

namespace MeterFirmware.Tools.HeadEnds.Web.Campaigns;

/// <summary>A tariff document as a campaign sends it: compiled as `meterctl tariff compile` does.</summary>
internal static class TariffContent
{
    /// <summary>Longest document.</summary>
    public const int BytesMax = 1 << 20;

    private const int NameCharsMax = 64;

    /// <summary>Compiles a document; null: the problems say what is wrong with it, all of it.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="name">Where it comes from, for people.</param>
    /// <param name="problems">Path and expectation of each error.</param>
    public static CampaignContent? Of(byte[] utf8, string name, List<TariffProblem> problems)
    {
        if (utf8.Length > BytesMax)
        {
            problems.Add(new TariffProblem("$", $"at most {BytesMax} bytes were expected"));
            return null;
        }

        TariffFile? tariff = TariffFile.TryParse(utf8, name, problems);
        if (tariff == null)
        {
            return null;
        }

        if (tariff.Bytes.Length == 0)
        {
            problems.Add(new TariffProblem("$.device", "a document for bills only; no device's table can hold it"));
            return null;
        }

        string shown = string.Concat(tariff.Model.Name.Where(c => !char.IsControl(c)));
        return new CampaignContent(CampaignContent.Tariff, shown.Length <= NameCharsMax ? shown : shown[..NameCharsMax],
            "tariff", TariffPieces.Of(tariff.Bytes));
    }
}
