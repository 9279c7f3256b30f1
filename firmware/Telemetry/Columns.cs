using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>Per-phase columns as JSON arrays.</summary>
internal static class Columns
{
    /// <summary>The first <paramref name="phaseCount"/> values, each with <paramref name="digits"/> decimal
    /// places.</summary>
    public static void Write(ByteTextWriter json, string name, int[] values, int phaseCount, int digits)
    {
        json.Name(name);
        json.BeginArray();
        for (int phase = 0; phase < phaseCount; phase++)
        {
            json.ValueScaled(values[phase], digits);
        }

        json.EndArray();
    }

    /// <summary>The measurand's row under its own name and decimal places.</summary>
    public static void Write(ByteTextWriter json, int measurand, int[] values, int phaseCount) =>
        Write(json, Measurands.Name(measurand), values, phaseCount, Measurands.Digits(measurand));
}
