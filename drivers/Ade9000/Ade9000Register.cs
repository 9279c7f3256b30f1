namespace MeterFirmware.Drivers.Ade9000;

/// <summary>Register addresses (ADE9000 data sheet, revision B, table 6). Those of phases B and C follow phase A's at
/// the step that is named. 480 to 4FE are 16 bits wide, all others 32.</summary>
public static class Ade9000Register
{
    // Calibration: a phase further is 20 further.
    public const int CurrentGainA = 0x000;
    public const int PhaseA = 0x006;
    public const int VoltageGainA = 0x00B;
    public const int PowerGainA = 0x00E;
    public const int PowerOffsetA = 0x00F;
    public const int CalibrationStep = 0x20;

    // Readings: a phase further is 20 further.
    public const int CurrentA = 0x20C;
    public const int VoltageA = 0x20D;
    public const int PowerA = 0x210;
    public const int ReactivePowerA = 0x211;
    public const int ReadingStep = 0x20;

    /// <summary>Upper 32 of a counter's 45 bits; a phase further is 3C further.</summary>
    public const int EnergyA = 0x2E7;
    public const int ReactiveEnergyA = 0x2F1;
    public const int EnergyStep = 0x3C;

    public const int Status1 = 0x403;
    public const int PeriodA = 0x418;

    /// <summary>No-load thresholds of active and of reactive power.</summary>
    public const int NoLoad = 0x41C;
    public const int ReactiveNoLoad = 0x41D;

    public const int PartId = 0x472;
    public const int Run = 0x480;
    public const int Config1 = 0x481;
    public const int AccumulationMode = 0x492;
    public const int WaveConfig = 0x4A0;

    /// <summary>Bits 15:12: the page of the waveform buffer that was filled last.</summary>
    public const int WaveStatus = 0x4A3;
    public const int EnergyConfig = 0x4B0;

    /// <summary>Samples between two updates of the counters, less one; the driver's mark.</summary>
    public const int EnergyTime = 0x4B2;
    public const int Amplifier = 0x4B9;
    public const int WriteLock = 0x4BF;

    public const int FirstWord = 0x480;
    public const int LastWord = 0x4FE;

    /// <summary>2048 words, eight a sample: IA, VA, IB, VB, IC, VC, IN, none.</summary>
    public const int WaveBuffer = 0x800;
}
