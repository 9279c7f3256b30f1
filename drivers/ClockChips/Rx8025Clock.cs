using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>RX8025T (I²C 0x32): temperature-compensated, ±3.8 ppm. Register map: application manual, section 13.1.
/// </summary>
public sealed class Rx8025Clock : ClockChip
{
    private const int Flags = 0x0E;
    private const int Control = 0x0F;
    private const int VoltageLow = 0x02;
    private const int CompensationStopped = 0x01;
    private const int Reset = 0x01;

    public Rx8025Clock(IRegisterBus bus)
        : base(bus, 0x00, 16, 0)
    {
    }

    /// <summary>True when the temperature compensation stopped since the time was set: the time may have drifted like a
    /// bare crystal's. Of the last reading.</summary>
    public bool HasDrifted { get; private set; }

    protected override int DayPlace => 4;

    protected override bool IsValid(byte[] raw)
    {
        HasDrifted = (raw[Flags] & CompensationStopped) != 0;
        return (raw[Flags] & VoltageLow) == 0 && (raw[Control] & Reset) == 0;
    }

    /// <summary>The upper bits of Control are the compensation's interval: they stay.</summary>
    protected override bool TryMakeValid(byte[] raw) =>
        TryWriteRegister(Control, raw[Control] & ~Reset)
        && TryWriteRegister(Flags, raw[Flags] & ~(VoltageLow | CompensationStopped));

    /// <summary>One bit a day.</summary>
    protected override byte WeekdayCode(int dayOfWeek) => (byte)(1 << dayOfWeek);
}
