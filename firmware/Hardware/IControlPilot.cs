namespace MeterFirmware.Hardware;

/// <summary>
/// The control-pilot circuit of IEC 61851-1 / GB/T 18487.1: a ±12 V generator behind 1 kΩ, and a detector that holds
/// the two peaks in hardware, so that a reading does not depend on when the loop comes round. Never throws or blocks.
/// </summary>
public interface IControlPilot
{
    /// <summary>Reads the peaks in mV while the generator drives high and low. The low value means something only
    /// while PWM runs. False: the detector could not be read.</summary>
    bool TryRead(out int highMillivolts, out int lowMillivolts);

    /// <summary>Sets the 1 kHz duty in hundredths of a percent: 10 000 is steady +12 V, 0 steady −12 V.
    /// False: the generator did not take it.</summary>
    bool TrySetDuty(int dutyHundredths);
}
