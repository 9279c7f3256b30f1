using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Tariff documents by name: those of the store, each for its time; without any, NAME.json of a folder, else
/// one that ships with tools/Billing.</summary>
/// <param name="store">Documents by their validity.</param>
/// <param name="folder">Of the utility's own documents; need not be there.</param>
public sealed class TariffShelf(TariffStore store, string folder)
{
    /// <summary>The documents that hold in some days, in their order.</summary>
    /// <exception cref="InputException">There is none of that name, none for these days, or one is wrong.</exception>
    public IReadOnlyList<TariffFile> Documents(string name, DateOnly from, DateOnly until)
    {
        IReadOnlyList<TariffVersion> versions = store.Versions(name);
        if (versions.Count == 0)
        {
            return [Load(name)];
        }

        List<TariffFile> found = [.. versions.Where(one => one.From < until && (one.Until == null || one.Until > from))
            .Select(TariffStore.Parse)];
        return found.Count > 0 ? found : throw new InputException(
            $"tariff '{name}': no document of it holds from {from:yyyy-MM-dd} to {until:yyyy-MM-dd}");
    }

    /// <summary>Text of the newest document, for sending it to devices.</summary>
    /// <exception cref="InputException">There is none of that name.</exception>
    public byte[] Read(string name)
    {
        IReadOnlyList<TariffVersion> versions = store.Versions(name);
        return versions.Count > 0 ? Encoding.UTF8.GetBytes(versions[^1].Document) : TariffFile.Read(PathOf(name));
    }

    private TariffFile Load(string name) => TariffFile.Load(PathOf(name));

    private string PathOf(string name)
    {
        // A name is no path: nobody reads another file of the machine with it.
        if (!TariffStore.IsName(name))
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
