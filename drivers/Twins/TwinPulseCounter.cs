using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>A board's pulse counter whose reads fail on demand.</summary>
internal sealed class TwinPulseCounter : IPulseCounter
{
    public long Pulses { get; set; }

    public bool IsBroken { get; set; }

    public int FailReads { get; set; }

    public int PassReads { get; set; }

    public bool TryRead(out long pulses)
    {
        pulses = Pulses;
        if (IsBroken)
        {
            return false;
        }

        if (PassReads > 0)
        {
            PassReads--;
        }
        else if (FailReads > 0)
        {
            FailReads--;
            return false;
        }

        return true;
    }
}
