using System.Globalization;
using MeterFirmware.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>A value of a meter with its unit, as text without rounding.</summary>
/// <param name="Phase">0 the total.</param>
public sealed record ModbusReading(string Name, int Phase, string Value, string Unit)
{
    private static readonly string[] _units = ["V", "A", "W", "var", "VA", "", "Hz", "kWh", "kWh", "kvarh", "kvarh",
        "%", "", ""];

    /// <summary>All values of a sensor's last round.</summary>
    public static IEnumerable<ModbusReading> Of(ModbusPowerSensor sensor)
    {
        for (int quantity = 0; quantity < Quantity.Count; quantity++)
        {
            decimal divisor = quantity is Quantity.PowerFactor ? 10_000m
                : quantity is Quantity.Charge ? 100m
                : quantity is >= Quantity.Import and <= Quantity.ReactiveExport ? 1_000_000m : 1_000m;
            for (int phase = 0; phase < Quantity.PhaseSlots; phase++)
            {
                if (sensor.TryValue(quantity, phase, out long value))
                {
                    string text = (value / divisor).ToString(CultureInfo.InvariantCulture);
                    yield return new(Quantity.NameOf(quantity), phase, text, _units[quantity]);
                }
            }
        }
    }
}
