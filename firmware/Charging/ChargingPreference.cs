namespace MeterFirmware.Charging;

/// <summary>
/// What the operator of a site wants when low cost and full service pull apart: how much capacity is kept for the usual
/// arrivals, and how careful a site is on a day of a kind that it has not seen yet.
/// Stable numbers: they stand in settings.
/// </summary>
public static class ChargingPreference
{
    /// <summary>Drivers first: room for busy days, and care until two days are known.</summary>
    public const int ServedFirst = 0;

    /// <summary>The default: at least 99.8 % of the energy for at most 2 % above the cheapest cost, on recorded
    /// weeks.</summary>
    public const int Balanced = 1;

    /// <summary>Cheapest: room for a usual day only, from the first day on.</summary>
    public const int PriceFirst = 2;

    public const int Count = 3;

    /// <summary>The word in settings and options; empty for an unknown number.</summary>
    public static string NameOf(int preference)
    {
        switch (preference)
        {
            case ServedFirst:
                return "served-first";
            case Balanced:
                return "balanced";
            case PriceFirst:
                return "price-first";
            default:
                return "";
        }
    }

    /// <summary>False: none of the words.</summary>
    public static bool TryParse(string name, out int preference)
    {
        for (preference = 0; preference < Count; preference++)
        {
            if (NameOf(preference) == name)
            {
                return true;
            }
        }

        preference = Balanced;
        return false;
    }

    // Part of the usual arrivals for which cheap capacity is kept, in thousandths. Chosen in steps of 100 to 250 on the
    // recorded ten weeks of 2018 and 2019 together with the made sites: tests/Benchmarks/Charging/README.md.
    internal static int ReservePermilleOf(int preference) =>
        preference == ServedFirst ? 1250 : preference == Balanced ? 700 : 400;

    // Part of the usual arrivals in the question whether capacity is short at all, in thousandths.
    internal static int ShortageReservePermilleOf(int preference) =>
        preference == ServedFirst ? 2000 : preference == Balanced ? 1500 : 1200;

    // Whole days of a kind that must be known: ChargePlanner.KnownDaysMin.
    internal static int KnownDaysMinOf(int preference) =>
        preference == ServedFirst ? 2 : preference == Balanced ? 1 : 0;
}
