using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Ina219;

/// <summary>How one INA219 is wired. Defaults are the common breakout boards: 0.1 Ω, 26 V, ±320 mV = 3.2 A.
/// Fields and not properties: a property is 150 bytes of the device's image.</summary>
public sealed class Ina219Settings
{
    /// <summary>Shunt resistance in µΩ.</summary>
    public int ShuntMicroohms = 100_000;

    /// <summary>One count of the current register in µA. At least the greatest current / 2^15; the shunt's own step is
    /// 10 µV / resistance (100 µA at 0.1 Ω), finer makes no sense.</summary>
    public int CurrentStepMicroamps = 100;

    /// <summary>True: the bus voltage reaches to 26 V (32 V of scale), false: to 16 V.</summary>
    public bool IsBusRange32Volts = true;

    /// <summary>Shunt amplifier PG: 0 = ±40 mV, 1 = ±80, 2 = ±160, 3 = ±320 mV.</summary>
    public int ShuntRange = 3;

    /// <summary>Bus converter BADC and shunt converter SADC: 0 to 3 = 9 to 12 bits, 9 to 15 = 2 to 128 samples
    /// averaged. The default of 128 samples takes 68 ms each and is the mean that power × time needs.</summary>
    public int BusConverter = 0xF;

    public int ShuntConverter = 0xF;

    /// <summary>True when the shunt is mounted the other way round.</summary>
    public bool IsCurrentInverted;

    /// <summary>Readings above are implausible.</summary>
    public int VoltageMillivoltsMax = 26_000;

    public int CurrentMilliampsMax = 3_200;

    /// <summary>From this current on (mA) readings that repeat to the bit for <see cref="FrozenMsMax"/> mean a stuck
    /// chip.</summary>
    public int StuckMilliamps = 20;

    /// <summary>Longest time (ms) that readings under load may repeat to the bit; 0 switches the check off, for
    /// sources so quiet that they really do not move by 10 µV at the shunt.</summary>
    public int FrozenMsMax = 60_000;

    /// <summary>Calibration register: trunc(0.04096 / (step × shunt)); bit 0 is void.</summary>
    public int CalibrationRegister =>
        (int)(40_960_000_000L / ((long)CurrentStepMicroamps * ShuntMicroohms)) & 0xFFFE;

    /// <summary>Configuration register for these values: shunt and bus, continuous.</summary>
    public int ConfigurationRegister =>
        (IsBusRange32Volts ? 1 << 13 : 0) | (ShuntRange << 11) | (BusConverter << 7) | (ShuntConverter << 3) | 7;

    /// <summary>Time for one pair of conversions in ms, rounded up.</summary>
    public int ConversionMs => (ConverterMicroseconds(BusConverter) + ConverterMicroseconds(ShuntConverter)) / 1000 + 1;

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        Invariant.Require(ShuntMicroohms > 0 && CurrentStepMicroamps > 0, "INA219: shunt and step must be above 0");
        long calibration = 40_960_000_000L / ((long)CurrentStepMicroamps * ShuntMicroohms);
        Invariant.Require(
            calibration >= 2 && calibration <= 0xFFFF, "INA219: step × shunt gives no calibration of 2 to 0xFFFE");
        Invariant.Require(
            (long)CurrentStepMicroamps * 32_767 >= CurrentMilliampsMax * 1000L,
            "INA219: the current register cannot hold the greatest current");
        Invariant.Require(ShuntRange >= 0 && ShuntRange <= 3, "INA219: shunt range must be 0 to 3");
        Invariant.Require(IsConverterCode(BusConverter) && IsConverterCode(ShuntConverter),
            "INA219: converter codes are 0 to 3 and 9 to 15");
    }

    private static bool IsConverterCode(int code) => (code >= 0 && code <= 3) || (code >= 9 && code <= 15);

    // Data sheet table 5: 84, 148, 276, 532 µs for 9 to 12 bits; n samples of 12 bits take n × 532 µs.
    private static int ConverterMicroseconds(int code) =>
        code >= 9 ? 532 << (code - 8) : code == 0 ? 84 : code == 1 ? 148 : code == 2 ? 276 : 532;
}
