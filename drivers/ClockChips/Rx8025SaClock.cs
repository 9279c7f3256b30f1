using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>RX8025SA and RX8025NB (I²C 0x32): bare crystal. A register's number stands in the high half of its byte
/// (Linux rtc-rx8025.c).</summary>
public sealed class Rx8025SaClock : ClockChip
{
    private const int Control1 = 0x0E;
    private const int Control2 = 0x0F;
    private const int Hours24 = 0x20;
    private const int PowerOn = 0x10;
    private const int OscillatorRuns = 0x20;
    private const int VoltageDropped = 0x40;

    public Rx8025SaClock(IRegisterBus bus)
        : base(bus, 0x00, 16, 4)
    {
    }

    protected override int DayPlace => 4;

    protected override bool IsValid(byte[] raw) => (raw[Control2] & PowerOn) == 0
        && (raw[Control2] & OscillatorRuns) != 0 && (raw[Control1] & Hours24) != 0;

    /// <summary>24 hours; then PON and VDET go and XST is set, which the chip clears when its oscillator
    /// stops.</summary>
    protected override bool TryMakeValid(byte[] raw) =>
        TryWriteRegister(Control1, raw[Control1] | Hours24)
        && TryWriteRegister(Control2, (raw[Control2] & ~(PowerOn | VoltageDropped)) | OscillatorRuns);

    protected override byte WeekdayCode(int dayOfWeek) => (byte)dayOfWeek;
}
