using MeterFirmware.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>Does a map give what a meter at 230 V mains shows? A proposal for a person, no proof.</summary>
public static class ModbusPlausibility
{
    /// <param name="why">The values that speak for it.</param>
    public static bool TryJudge(ModbusPowerSensor sensor, ModbusProfile profile, out string why)
    {
        List<string> reasons = [];
        bool isGood = true;
        for (int phase = 1; phase <= profile.PhaseCount; phase++)
        {
            if (sensor.TryValue(Quantity.Voltage, phase, out long millivolts))
            {
                // A phase may be without supply; the first one feeds the meter itself.
                isGood &= millivolts is >= 180_000 and <= 260_000 || (phase > 1 && millivolts < 20_000);
                reasons.Add($"{millivolts / 1000m:0.0} V");
            }
        }

        isGood &= reasons.Count > 0;
        if (sensor.TryValue(Quantity.Frequency, 0, out long millihertz))
        {
            isGood &= millihertz is >= 45_000 and <= 65_000;
            reasons.Add($"{millihertz / 1000m:0.00} Hz");
        }

        why = string.Join(", ", reasons);
        return isGood;
    }
}
