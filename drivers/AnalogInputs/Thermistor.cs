namespace MeterFirmware.Drivers.AnalogInputs;

/// <summary>An NTC of 10 kΩ at 25 °C, B = 3950 K: its resistance from −40 to 130 °C in steps of 10 K, R = 10 kΩ · e^(B
/// (1/T − 1/298.15 K)), straight in between (below 1 K of error, 0.6 K between 50 and 80 °C).</summary>
public static class Thermistor
{
    private const int FirstTenths = -400;
    private const int StepTenths = 100;

    private static readonly int[] _ohms =
    {
        401_860, 200_204, 105_385, 58_246, 33_621, 20_175, 12_535, 8_037, 5_301, 3_588, 2_486, 1_760, 1_270, 934, 698,
        529, 407, 317,
    };

    /// <summary>Tenths of a degree. False: outside of the table, which is a broken or a shorted sensor.</summary>
    public static bool TryTenthsCelsius(int ohms, out int tenths)
    {
        tenths = 0;
        if (ohms > _ohms[0] || ohms < _ohms[_ohms.Length - 1])
        {
            return false;
        }

        int i = 0;
        while (ohms < _ohms[i + 1])
        {
            i++;
        }

        tenths = FirstTenths + i * StepTenths + (int)((long)(_ohms[i] - ohms) * StepTenths / (_ohms[i] - _ohms[i + 1]));
        return true;
    }
}
