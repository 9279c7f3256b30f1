using MeterFirmware.Modbus;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>A three-phase meter with 230.5 V, 1.234 A and so on; tests change single values.</summary>
public sealed class FakeModbusMeter : IModbusMeter
{
    public int PhaseCount { get; set; } = 3;

    public int RateCount => 4;

    public long Import { get; set; } = 1_234_567_890;

    public long Active { get; set; } = 700_000;

    public bool HasReading { get; set; } = true;

    public bool TryRead(int quantity, int phase, out long value)
    {
        value = quantity == Quantity.Voltage ? 230_500 + 1_000 * phase
            : quantity == Quantity.Current ? 1_234
            : quantity == Quantity.Active ? (phase == 0 ? Active : Active / 3)
            : quantity == Quantity.Reactive ? -50_000
            : quantity == Quantity.Apparent ? 720_000
            : quantity == Quantity.PowerFactor ? 9_720
            : quantity == Quantity.Frequency ? 49_980
            : quantity == Quantity.Import ? Import
            : 5_000_000;
        return quantity >= Quantity.Import ? phase == 0 && quantity <= Quantity.Export
            : HasReading && phase <= PhaseCount && (quantity != Quantity.Frequency || phase == 0);
    }

    public bool TryReadRate(int quantity, int rate, out long wattHours)
    {
        wattHours = 1_000 + rate;
        return rate < RateCount;
    }
}
