using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Web.Pages;

/// <summary>Looks of the rates on one page, a class of headend.css each: six colours, each filled or hatched. A rate
/// has the colour of its index, filled when it has a name and hatched when it has none; where another rate of the page
/// has that look already, the next free one.</summary>
internal sealed class RatePalette
{
    private const int Colours = 6;
    private const int Looks = 2 * Colours;

    private readonly Dictionary<(int Index, string Name), int> _looks = [];

    /// <param name="points">All that the page shows.</param>
    public RatePalette(IEnumerable<LoadPoint> points)
    {
        HashSet<int> taken = [];
        foreach ((int index, string name) in points.Select(KeyOf).Distinct()
            .OrderBy(key => key.Name.Length == 0).ThenBy(key => key.Index)
            .ThenBy(key => key.Name, StringComparer.Ordinal))
        {
            int wanted = index % Colours + (name.Length == 0 ? Colours : 0);
            for (int tries = 1; taken.Contains(wanted) && tries < Looks; tries++)
            {
                wanted = (wanted + 1) % Looks;
            }

            taken.Add(wanted);
            _looks[(index, name)] = wanted;
        }
    }

    /// <summary>The rates in the order of their indices, each with its points.</summary>
    public static IEnumerable<IGrouping<(int Index, string Name), LoadPoint>> Group(IEnumerable<LoadPoint> points) =>
        points.GroupBy(KeyOf).OrderBy(rate => rate.Key.Index).ThenBy(rate => rate.Key.Name, StringComparer.Ordinal);

    /// <summary>Classes of a rate's bar or sign.</summary>
    public string Of(LoadPoint point) => _looks[KeyOf(point)] is var look && look < Colours
        ? $"rate-{look}" : $"rate-{look - Colours} hatched";

    private static (int Index, string Name) KeyOf(LoadPoint point) => (point.RateIndex, point.Rate);
}
