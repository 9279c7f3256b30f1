namespace MeterFirmware.Modbus;

/// <summary>Model 211 (one phase) or 213: a meter, floats.</summary>
internal sealed class SunSpecFloatMeter : SunSpecModel
{
    // Points of model 21x, two registers each.
    private static readonly byte[] _points =
    {
        2, Quantity.Current, 0, 4, Quantity.Current, 1, 6, Quantity.Current, 2, 8, Quantity.Current, 3,
        10, Quantity.Voltage, 0, 12, Quantity.Voltage, 1, 14, Quantity.Voltage, 2, 16, Quantity.Voltage, 3,
        26, Quantity.Frequency, 0,
        28, Quantity.Active, 0, 30, Quantity.Active, 1, 32, Quantity.Active, 2, 34, Quantity.Active, 3,
        36, Quantity.Apparent, 0, 38, Quantity.Apparent, 1, 40, Quantity.Apparent, 2, 42, Quantity.Apparent, 3,
        44, Quantity.Reactive, 0, 46, Quantity.Reactive, 1, 48, Quantity.Reactive, 2, 50, Quantity.Reactive, 3,
        52, Quantity.PowerFactor, 0, 54, Quantity.PowerFactor, 1, 56, Quantity.PowerFactor, 2,
        58, Quantity.PowerFactor, 3,
        60, Quantity.Export, 0, 62, Quantity.Export, 1, 64, Quantity.Export, 2, 66, Quantity.Export, 3,
        68, Quantity.Import, 0, 70, Quantity.Import, 1, 72, Quantity.Import, 2, 74, Quantity.Import, 3,
    };

    private readonly IModbusMeter _meter;

    public SunSpecFloatMeter(IModbusMeter meter)
    {
        _meter = meter;
    }

    public override int Number => _meter.PhaseCount > 1 ? 213 : 211;

    public override int Length => 124;

    protected override void Fill(byte[] registers)
    {
        for (int i = 2; i < 124; i += 2)
        {
            PutInt32(registers, i, ModbusFloat.NaN);
        }

        for (int i = 0; i < _points.Length; i += 3)
        {
            int quantity = _points[i + 1];
            if (_meter.TryRead(quantity, _points[i + 2], out long value))
            {
                PutInt32(registers, _points[i], ModbusFloat.FromRatio(value, quantity == Quantity.PowerFactor ? 100
                    : 1_000));
            }
        }

        PutInt32(registers, 124, 0);
    }
}
