namespace MeterFirmware.Drivers.Ade7953;

/// <summary>Every register that the driver sets, with the value it must hold: written once, read back, and looked
/// through one a reading for as long as the meter runs.</summary>
internal sealed class RegisterTable
{
    private const int RequiredSettingValue = 0x0030;

    /// <summary>High-pass filters on; bit 15 cleared so that noise cannot switch to another interface (page
    /// 66).</summary>
    private const int ConfigValue = 0x0004;

    /// <summary>ACCMODE's upper bits are signs and no-load states that the chip sets (table 21).</summary>
    private const int AccumulationModeMask = 0x3FF;

    /// <summary>Place of the phase calibration; gains and offsets follow.</summary>
    private const int FirstCalibration = 9;

    /// <summary>DISNOLOAD: active, reactive and apparent energy are counted whatever flows.</summary>
    private const int NoLoadDisabled = 7;

    private readonly int[] _addresses;
    private readonly int[] _values;

    public RegisterTable(Ade7953Settings settings)
    {
        int gains = settings.Channel == Ade7953Channel.B ? Ade7953Register.ChannelBGainDistance : 0;
        int channel = (int)settings.Channel;
        _addresses = new int[]
        {
            Ade7953Register.RequiredSetting, Ade7953Register.Config, Ade7953Register.LineCycleMode,
            Ade7953Register.ActiveNoLoad, Ade7953Register.ReactiveNoLoad,
            Ade7953Register.NoLoadDisable, Ade7953Register.AccumulationMode, Ade7953Register.VoltageAmplifier,
            Ade7953Register.CurrentAAmplifier + channel, Ade7953Register.PhaseCalibrationA + channel,
            Ade7953Register.VoltageGain, Ade7953Register.CurrentGainA + gains,
            Ade7953Register.ActivePowerGainA + gains, Ade7953Register.ReactivePowerGainA + gains,
            Ade7953Register.ApparentPowerGainA + gains, Ade7953Register.VoltageRmsOffset,
            Ade7953Register.CurrentRmsOffsetA + gains, Ade7953Register.ActivePowerOffsetA + gains,
            Ade7953Register.ReactivePowerOffsetA + gains,
        };
        _values = new int[]
        {
            RequiredSettingValue, ConfigValue, LineCycleMode, settings.NoLoadRegister, settings.NoLoadRegister,
            settings.NoLoadMilliwatts == Ade7953Settings.NoLoadOff ? NoLoadDisabled : 0, 0, settings.VoltageAmplifier,
            settings.CurrentAmplifier, Ade7953Calibration.PhaseRegister(settings.PhaseCalibration),
            settings.VoltageGain, settings.CurrentGain, settings.ActivePowerGain,
            settings.ReactivePowerGain, settings.ApparentPowerGain, settings.VoltageRmsOffset,
            settings.CurrentRmsOffset, settings.ActivePowerOffset, settings.ReactivePowerOffset,
        };
    }

    /// <summary>LCYCMODE as we use it: no line-cycle accumulation, and bit 6 = 0: reading an energy register does not
    /// clear it. The chip starts with 0x40 (cleared by every read).</summary>
    public static int LineCycleMode => 0;

    public int Count => _addresses.Length;

    /// <summary>Writes all. False: a transfer failed.</summary>
    public bool TryWriteAll(RegisterPort port)
    {
        for (int i = 0; i < _addresses.Length; i++)
        {
            // The required setting takes effect only when the unlock comes directly before it.
            // New no-load thresholds count from the next time that the detection is switched on.
            bool isReady = _addresses[i] == Ade7953Register.RequiredSetting
                ? port.TryWrite(Ade7953Register.Unlock, 0xAD)
                : _addresses[i] != Ade7953Register.ActiveNoLoad
                    || port.TryWrite(Ade7953Register.NoLoadDisable, NoLoadDisabled);
            if (!isReady || !port.TryWrite(_addresses[i], _values[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes phase calibration, gains and offsets only: the chip goes on counting. False: a transfer
    /// failed.</summary>
    public bool TryWriteCalibration(RegisterPort port)
    {
        for (int i = FirstCalibration; i < _addresses.Length; i++)
        {
            if (!port.TryWrite(_addresses[i], _values[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads one entry back. False: the transfer failed. <paramref name="isKept"/>: it holds what it
    /// must.</summary>
    public bool TryCheck(RegisterPort port, int index, out bool isKept)
    {
        int address = _addresses[index];
        bool isRead = port.TryRead(address, out int value);
        int mask = address == Ade7953Register.AccumulationMode ? AccumulationModeMask : -1;

        // Offsets are signed 24-bit values in a 32-bit view: compare what the chip holds.
        if (address >= 0x300)
        {
            mask &= 0xFF_FFFF;
        }

        isKept = (value & mask) == (_values[index] & mask);
        return isRead;
    }
}
