namespace MeterFirmware.Drivers.Ade7953;

/// <summary>
/// Register addresses (data sheet rev. C, tables 13 to 15). The high digit is the width: 0 = 8 bits, 1 = 16 bits,
/// 3 = the 32-bit view of a 24-bit register: sign-extended when signed, upper byte 0 when not (page 60).
/// Channel B's address is channel A's + 1 for measurements, amplifier and phase, and + 0x0C for gains and offsets.
/// </summary>
public static class Ade7953Register
{
    public const int NoLoadDisable = 0x001;
    public const int LineCycleMode = 0x004;
    public const int VoltageAmplifier = 0x007;
    public const int CurrentAAmplifier = 0x008;

    /// <summary>Takes 0xAD directly before <see cref="RequiredSetting"/> is written (page 18).</summary>
    public const int Unlock = 0x0FE;

    public const int Config = 0x102;
    public const int PhaseCalibrationA = 0x108;
    public const int PowerFactorA = 0x10A;
    public const int Period = 0x10E;

    /// <summary>"Should be set to 30h to meet the performance specified" (table 14).</summary>
    public const int RequiredSetting = 0x120;

    public const int AccumulationMode = 0x301;
    public const int ActiveNoLoad = 0x303;
    public const int ReactiveNoLoad = 0x304;
    public const int ApparentPowerA = 0x310;
    public const int ActivePowerA = 0x312;
    public const int ReactivePowerA = 0x314;
    public const int CurrentRmsA = 0x31A;
    public const int VoltageRms = 0x31C;
    public const int ActiveEnergyA = 0x31E;
    public const int ReactiveEnergyA = 0x320;

    public const int CurrentGainA = 0x380;
    public const int VoltageGain = 0x381;
    public const int ActivePowerGainA = 0x382;
    public const int ReactivePowerGainA = 0x383;
    public const int ApparentPowerGainA = 0x384;
    public const int CurrentRmsOffsetA = 0x386;
    public const int VoltageRmsOffset = 0x388;
    public const int ActivePowerOffsetA = 0x389;
    public const int ReactivePowerOffsetA = 0x38A;

    /// <summary>From a channel A gain or offset to channel B's.</summary>
    public const int ChannelBGainDistance = 0x0C;

    /// <summary>Bytes of a register's value.</summary>
    public static int WidthOf(int address) => ((address >> 8) & 0xF) + 1;
}
