using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>From a state of charge to energy at the charger's meter. Pure arithmetic.</summary>
public static class BatteryNeed
{
    private const int Full = 1000;

    /// <summary>Energy at the meter to reach a state of charge, Wh; 0 when it is reached.</summary>
    /// <param name="capacityWattHours">Usable capacity; 0 or less = unknown, the result is 0.</param>
    /// <param name="storedPermille">State of charge now; outside 0 to 1000 it counts as the nearer end.</param>
    /// <param name="targetPermille">State of charge wanted, likewise.</param>
    /// <param name="efficiencyPermille">Of the energy at the meter so much is stored, 500 to 1000.</param>
    public static int WattHours(int capacityWattHours, int storedPermille, int targetPermille, int efficiencyPermille)
    {
        int efficiency = efficiencyPermille < 500 ? 500 : efficiencyPermille > Full ? Full : efficiencyPermille;
        int missing = Numbers.Within(targetPermille, 0, Full) - Numbers.Within(storedPermille, 0, Full);
        return capacityWattHours <= 0 || missing <= 0
            ? 0
            : (int)(((long)capacityWattHours * missing + efficiency - 1) / efficiency);
    }

    /// <summary>A demand cut to what the battery can still take: energy larger than the battery is planned as
    /// full.</summary>
    public static int Bound(int wantedWattHours, int capacityWattHours, int storedPermille, int efficiencyPermille)
    {
        int most = WattHours(capacityWattHours, storedPermille, Full, efficiencyPermille);
        return capacityWattHours > 0 && wantedWattHours > most ? most : wantedWattHours;
    }
}
