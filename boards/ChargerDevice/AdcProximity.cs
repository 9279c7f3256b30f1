using System;
using System.Device.Adc;
using MeterFirmware.Drivers.AnalogInputs;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>The proximity contact below 330 Ω to the ADC's reference.</summary>
public sealed class AdcProximity : IProximityPilot
{
    public const int PullUpOhms = 330;

    private readonly AdcChannel _channel;

    public AdcProximity(AdcChannel channel)
    {
        _channel = channel;
    }

    public bool TryReadOhms(out int ohms)
    {
        try
        {
            ohms = Divider.Ohms(_channel.ReadValue(), AdcTemperature.CountsMax, PullUpOhms);
            return true;
        }
        catch (Exception)
        {
            ohms = 0;
            return false;
        }
    }
}
