using System;
using System.Device.Adc;
using MeterFirmware.Drivers.AnalogInputs;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>A 10 kΩ thermistor at the outlet's contacts, below 10 kΩ to the ADC's reference.</summary>
public sealed class AdcTemperature : ITemperatureSensor
{
    /// <summary>12 bits.</summary>
    public const int CountsMax = 4095;

    private const int PullUpOhms = 10_000;

    private readonly AdcChannel _channel;

    public AdcTemperature(AdcChannel channel)
    {
        _channel = channel;
    }

    public bool TryRead(out int tenthsCelsius)
    {
        tenthsCelsius = 0;
        try
        {
            return Thermistor.TryTenthsCelsius(Divider.Ohms(_channel.ReadValue(), CountsMax, PullUpOhms),
                out tenthsCelsius);
        }
        catch (Exception)
        {
            return false;
        }
    }
}
