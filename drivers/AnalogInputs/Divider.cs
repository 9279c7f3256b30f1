namespace MeterFirmware.Drivers.AnalogInputs;

/// <summary>A resistor to earth below a known one to the ADC's reference: a proximity contact, a thermistor.</summary>
public static class Divider
{
    /// <summary>Resistance in Ω; an open circuit is int.MaxValue, a short 0.</summary>
    /// <param name="counts">ADC counts.</param>
    /// <param name="countsMax">Counts at the reference.</param>
    /// <param name="pullUpOhms">The resistor to the reference.</param>
    public static int Ohms(int counts, int countsMax, int pullUpOhms)
    {
        // The last per cent is an open circuit: nothing coded lies there.
        if (counts >= countsMax - countsMax / 100)
        {
            return int.MaxValue;
        }

        return counts <= 0 ? 0 : (int)((long)pullUpOhms * counts / (countsMax - counts));
    }
}
