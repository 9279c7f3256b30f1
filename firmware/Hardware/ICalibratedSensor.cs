namespace MeterFirmware.Hardware;

/// <summary>A sensor whose corrections can be set while it measures.</summary>
public interface ICalibratedSensor
{
    /// <summary>What is wrong with one channel's rows, as what was expected; null: nothing. Changes nothing.</summary>
    /// <param name="rows">The corrections.</param>
    /// <param name="channel">Which rows: those of this channel.</param>
    string FindProblem(CalibrationRows rows, int channel);

    /// <summary>Takes rows without a problem. They hold from the reading that follows on: what was counted until then
    /// was counted with the ones before. Allocates.</summary>
    void Use(CalibrationRows rows, int channel);
}
