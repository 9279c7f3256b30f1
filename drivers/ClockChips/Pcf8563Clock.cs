using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>PCF8563 (I²C 0x51): bare crystal, ±20 ppm and more. Register map: data sheet, table 4.</summary>
public sealed class Pcf8563Clock : ClockChip
{
    private const int Control1 = 0x00;
    private const int Seconds = 0x02;
    private const int Stop = 0x20;
    private const int VoltageLow = 0x80;

    public Pcf8563Clock(IRegisterBus bus)
        : base(bus, Seconds, 9, 0)
    {
    }

    protected override int DayPlace => 3;

    protected override bool IsValid(byte[] raw) =>
        (raw[Seconds] & VoltageLow) == 0 && (raw[Control1] & Stop) == 0;

    /// <summary>The flag went with the seconds, in which it stands.</summary>
    protected override bool TryMakeValid(byte[] raw) => TryWriteRegister(Control1, 0);

    protected override byte WeekdayCode(int dayOfWeek) => (byte)dayOfWeek;
}
