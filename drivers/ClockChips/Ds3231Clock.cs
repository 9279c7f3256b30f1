using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>DS3231 (I²C 0x68): temperature-compensated, ±2 ppm. Register map: data sheet, figure 1.</summary>
public sealed class Ds3231Clock : ClockChip, ITemperatureSensor
{
    private const int Control = 0x0E;
    private const int Status = 0x0F;
    private const int Aging = 0x10;
    private const int Temperature = 0x11;
    private const int OscillatorOff = 0x80;
    private const int OscillatorStopped = 0x80;
    private const int Convert = 0x20;
    private const int HoursTwelve = 0x40;

    /// <summary>One step of the aging register at 25 °C.</summary>
    private const int PartsPerBillionPerStep = 100;

    private readonly byte[] _degrees = new byte[2];

    public Ds3231Clock(IRegisterBus bus)
        : base(bus, 0x00, 16, 0)
    {
    }

    protected override int DayPlace => 4;

    /// <summary>Takes a measured drift out, by the aging register. False: the chip did not take it.</summary>
    /// <param name="fastPartsPerBillion">What the chip gains against true time; negative: it loses.</param>
    /// <param name="leftPartsPerBillion">What is beyond the register's range and stays.</param>
    public bool TryTrim(int fastPartsPerBillion, out int leftPartsPerBillion)
    {
        leftPartsPerBillion = fastPartsPerBillion;
        if (!TryReadRegister(Aging, out int aging))
        {
            return false;
        }

        // Positive steps add capacitance: slower.
        int before = (sbyte)aging;
        int wanted = before + fastPartsPerBillion / PartsPerBillionPerStep;
        int after = wanted > 127 ? 127 : wanted < -128 ? -128 : wanted;
        if (!TryWriteRegister(Aging, after) || !TryReadRegister(Aging, out aging) || (sbyte)aging != after
            || !TryReadRegister(Control, out int control) || !TryWriteRegister(Control, control | Convert))
        {
            return false;
        }

        leftPartsPerBillion = fastPartsPerBillion - (after - before) * PartsPerBillionPerStep;
        return true;
    }

    /// <summary>The chip's own temperature, quarter degrees.</summary>
    public bool TryRead(out int tenthsCelsius)
    {
        bool isRead = TryReadMore(Temperature, _degrees, 2);
        int quarters = ((sbyte)_degrees[0] << 2) | (_degrees[1] >> 6);
        tenthsCelsius = quarters * 10 / 4;
        return isRead;
    }

    protected override bool IsValid(byte[] raw) => (raw[Status] & OscillatorStopped) == 0
        && (raw[Control] & OscillatorOff) == 0 && (raw[2] & HoursTwelve) == 0;

    protected override bool TryMakeValid(byte[] raw) =>
        TryWriteRegister(Control, raw[Control] & ~OscillatorOff)
        && TryWriteRegister(Status, raw[Status] & ~OscillatorStopped);

    protected override byte WeekdayCode(int dayOfWeek) => (byte)(dayOfWeek + 1);
}
