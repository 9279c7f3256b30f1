using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Tariff documents by name: NAME.json of a folder, else one that ships with tools/Billing.</summary>
/// <param name="folder">Of the utility's own documents; need not be there.</param>
public sealed class TariffShelf(string folder)
{
    private const int NameCharsMax = 64;

    /// <summary>Reads a document.</summary>
    /// <exception cref="InputException">There is none of that name, or it is wrong.</exception>
    public TariffFile Load(string name) => TariffFile.Load(PathOf(name));

    /// <summary>A document's text.</summary>
    /// <exception cref="InputException">There is none of that name.</exception>
    public byte[] Read(string name) => TariffFile.Read(PathOf(name));

    private string PathOf(string name)
    {
        // A name is no path: nobody reads another file of the machine with it.
        if (name.Length is 0 or > NameCharsMax || name[0] == '.'
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new InputException($"tariff '{name}': a name of A-Z a-z 0-9 - _ . was expected");
        }

        string own = Path.Combine(folder, name + ".json");
        if (File.Exists(own))
        {
            return own;
        }

        return TariffExamples.Find(name) != null ? name
            : throw new InputException($"tariff '{name}': there is no {name}.json in {folder}, and none that ships");
    }
}
