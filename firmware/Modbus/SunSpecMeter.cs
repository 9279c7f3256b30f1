namespace MeterFirmware.Modbus;

/// <summary>Model 201 (one phase) or 203: a meter, integers with scale.</summary>
internal sealed class SunSpecMeter : SunSpecModel
{
    // Points of model 20x: register, quantity, phase; scale register and power of ten follow per group.
    private static readonly byte[] _points =
    {
        2, Quantity.Current, 0, 3, Quantity.Current, 1, 4, Quantity.Current, 2, 5, Quantity.Current, 3,
        7, Quantity.Voltage, 0, 8, Quantity.Voltage, 1, 9, Quantity.Voltage, 2, 10, Quantity.Voltage, 3,
        16, Quantity.Frequency, 0,
        18, Quantity.Active, 0, 19, Quantity.Active, 1, 20, Quantity.Active, 2, 21, Quantity.Active, 3,
        23, Quantity.Apparent, 0, 24, Quantity.Apparent, 1, 25, Quantity.Apparent, 2, 26, Quantity.Apparent, 3,
        28, Quantity.Reactive, 0, 29, Quantity.Reactive, 1, 30, Quantity.Reactive, 2, 31, Quantity.Reactive, 3,
        33, Quantity.PowerFactor, 0, 34, Quantity.PowerFactor, 1, 35, Quantity.PowerFactor, 2,
        36, Quantity.PowerFactor, 3,
    };

    // Counters of model 20x, two registers each.
    private static readonly byte[] _counters =
    {
        38, Quantity.Export, 0, 40, Quantity.Export, 1, 42, Quantity.Export, 2, 44, Quantity.Export, 3,
        46, Quantity.Import, 0, 48, Quantity.Import, 1, 50, Quantity.Import, 2, 52, Quantity.Import, 3,
    };

    private readonly IModbusMeter _meter;
    private readonly int _powerScale;

    public SunSpecMeter(IModbusMeter meter)
    {
        _meter = meter;
        _powerScale = PowerScaleOf(meter);
    }

    public override int Number => _meter.PhaseCount > 1 ? 203 : 201;

    public override int Length => 105;

    /// <summary>16 bits of W hold 32 kW; three phases of 100 A need tens of watts.</summary>
    public static int PowerScaleOf(IModbusMeter meter) => meter.PhaseCount > 1 ? 1 : 0;

    protected override void Fill(byte[] registers)
    {
        PutAll(registers, NoInt16);
        Put(registers, 6, -2);
        Put(registers, 15, -1);
        Put(registers, 17, -2);
        Put(registers, 22, _powerScale);
        Put(registers, 27, _powerScale);
        Put(registers, 32, _powerScale);
        Put(registers, 37, -2);
        Put(registers, 54, 0);
        for (int i = 0; i < _points.Length; i += 3)
        {
            int quantity = _points[i + 1];
            if (_meter.TryRead(quantity, _points[i + 2], out long value))
            {
                // Kept in thousandths, power factor in 1/10 000 against hundredths of a percent: the same.
                int unit = quantity == Quantity.PowerFactor ? 1 : quantity == Quantity.Voltage ? 100
                    : quantity == Quantity.Current || quantity == Quantity.Frequency ? 10 : _powerScale > 0 ? 10_000
                        : 1_000;
                value = Basics.Scaling.DivideRounded(value, unit);
                PutInt16(registers, _points[i], value);
            }
        }

        // Counters that are not there are 0; there are no alarms.
        for (int i = 38; i < 54; i++)
        {
            Put(registers, i, 0);
        }

        for (int i = 55; i <= 106; i++)
        {
            bool isScale = i == 71 || i == 104;
            Put(registers, i, isScale ? NoInt16 : 0);
        }

        for (int i = 0; i < _counters.Length; i += 3)
        {
            if (_meter.TryRead(_counters[i + 1], _counters[i + 2], out long milliwattHours))
            {
                PutInt32(registers, _counters[i], (int)(milliwattHours / 1_000));
            }
        }
    }
}
