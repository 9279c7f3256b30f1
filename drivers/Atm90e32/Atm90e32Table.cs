namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>Every register that the driver sets, with the value it must hold: written once, read back, and looked
/// through one a reading for as long as the meter runs.</summary>
internal sealed class Atm90e32Table
{
    /// <summary>450·10⁹ / 3200 pulses a kWh (application note, section 4.1.2).</summary>
    private const int PulseConstant = 140_625_000;

    private const int Mode60Hertz = 0x1000;

    /// <summary>MMode0 after a reset: four wires, all phases in the sums.</summary>
    private const int ModeFourWires = 0x0087;

    private const int AccessOpen = 0x55AA;
    private const int AccessClosed = 0;
    private const int FixedCount = 8;
    private const int PerPhase = 8;

    private readonly int[] _addresses = new int[FixedCount + 3 * PerPhase];
    private readonly int[] _values = new int[FixedCount + 3 * PerPhase];
    private int _filled;

    public Atm90e32Table(Atm90e32Settings settings)
    {
        int amplifier = settings.CurrentAmplifier;
        Add(Atm90e32Register.PulseConstantHigh, PulseConstant >> 16);
        Add(Atm90e32Register.PulseConstantLow, PulseConstant);
        Add(Atm90e32Register.Mode, settings.Is60Hertz ? ModeFourWires | Mode60Hertz : ModeFourWires);
        Add(Atm90e32Register.Amplifier, amplifier | (amplifier << 2) | (amplifier << 4));
        Add(Atm90e32Register.PhaseStartPower, settings.StartCounts);
        Add(Atm90e32Register.PhaseStartReactive, settings.StartCounts);
        for (int phase = 0; phase < 3; phase++)
        {
            Add(Atm90e32Register.PowerOffsetA + 2 * phase, settings.PowerOffset[phase]);
            Add(Atm90e32Register.ReactiveOffsetA + 2 * phase, settings.ReactiveOffset[phase]);
            Add(Atm90e32Register.PowerGainA + 2 * phase, settings.PowerGain[phase]);
            Add(Atm90e32Register.PhaseAngleA + 2 * phase, settings.PhaseAngle[phase]);
            Add(Atm90e32Register.VoltageGainA + 4 * phase, settings.VoltageGain[phase]);
            Add(Atm90e32Register.CurrentGainA + 4 * phase, settings.CurrentGain[phase]);
            Add(Atm90e32Register.VoltageOffsetA + 4 * phase, settings.VoltageOffset[phase]);
            Add(Atm90e32Register.CurrentOffsetA + 4 * phase, settings.CurrentOffset[phase]);
        }

        // Last: a chip that holds the mark holds everything, and only then does it run.
        Add(Atm90e32Register.MeterEnable, 1);
        Add(Atm90e32Register.NeutralWarning, Atm90e32Port.Mark);
    }

    public int Count => _addresses.Length;

    /// <summary>Writes all. False: a transfer failed.</summary>
    public bool TryWriteAll(Atm90e32Port port)
    {
        bool isWritten = port.TryWrite(Atm90e32Register.ConfigurationAccess, AccessOpen);
        for (int i = 0; i < _addresses.Length && isWritten; i++)
        {
            isWritten = port.TryWrite(_addresses[i], _values[i]);
        }

        return isWritten && port.TryWrite(Atm90e32Register.ConfigurationAccess, AccessClosed);
    }

    /// <summary>Reads one entry back, a second time when the first answer is another. False: the transfer failed.
    /// <paramref name="isKept"/>: it holds what it must.</summary>
    public bool TryCheck(Atm90e32Port port, int index, out bool isKept)
    {
        bool isRead = port.TryRead(_addresses[index], out int value);
        isRead = isRead && (value == _values[index] || port.TryRead(_addresses[index], out value));
        isKept = value == _values[index];
        return isRead;
    }

    private void Add(int address, int value)
    {
        _addresses[_filled] = address;
        _values[_filled] = value & 0xFFFF;
        _filled++;
    }
}
