using MeterFirmware.Basics;

namespace MeterFirmware.Modbus;

/// <summary>Model 701: measurements of a unit, which counts what it gives as positive; a meter counts what is taken.
/// Points by sunspec/models, json/model_701.json.</summary>
internal sealed class SunSpecAcMeasurement : SunSpecModel
{
    private const int PhaseFrom = 41;
    private const int PhaseRegisters = 23;
    private const int TemperaturesFrom = 35;
    private const int TemperatureCount = 6;
    private const int AmpereScale = 113;
    private const int ScaleCount = 10;
    private const int AlarmTextFrom = 123;
    private const int MilliUnits = 1_000;

    private readonly IModbusMeter _meter;
    private readonly ISunSpecUnit _unit;
    private readonly int _powerScale;

    /// <param name="unit">Null: a meter, which is connected to nothing.</param>
    public SunSpecAcMeasurement(IModbusMeter meter, ISunSpecUnit unit)
    {
        _meter = meter;
        _unit = unit;
        _powerScale = SunSpecMeter.PowerScaleOf(meter);
    }

    public override int Number => 701;

    public override int Length => LengthMax;

    protected override void Fill(byte[] registers)
    {
        PutAll(registers, NoUInt16);
        Put(registers, 2, _meter.PhaseCount > 1 ? 2 : 0);
        if (_unit != null)
        {
            Put(registers, 3, _unit.InverterState == 0 ? 0 : 1);
            Put(registers, 4, _unit.InverterState);
            Put(registers, 5, _unit.IsConnected ? 1 : 0);
            PutInt32(registers, 6, _unit.Alarms);
        }

        FillPlace(registers, 10, 0);
        PutUInt16(registers, 16, Scaled(Quantity.Voltage, 0, 100, NoUInt16));
        if (_meter.TryRead(Quantity.Frequency, 0, out long millihertz))
        {
            PutInt32(registers, 17, (int)millihertz);
        }

        FillEnergies(registers, 19, 0);
        for (int phase = 1; phase <= 3; phase++)
        {
            int at = PhaseFrom + (phase - 1) * PhaseRegisters;
            FillPlace(registers, at, phase);
            PutUInt16(registers, at + 6, Scaled(Quantity.Voltage, phase, 100, NoUInt16));
            FillEnergies(registers, at + 7, phase);
        }

        for (int i = 0; i < TemperatureCount; i++)
        {
            Put(registers, TemperaturesFrom + i, NoInt16);
        }

        FillScales(registers);
        for (int i = AlarmTextFrom; i < Length + 2; i++)
        {
            Put(registers, i, 0);
        }
    }

    // W, VA, var, power factor, A of the total or of a phase.
    private void FillPlace(byte[] registers, int at, int phase)
    {
        int power = _powerScale > 0 ? 10 * MilliUnits : MilliUnits;
        PutInt16(registers, at, -Scaled(Quantity.Active, phase, power, NoInt16));
        PutInt16(registers, at + 1, Scaled(Quantity.Apparent, phase, power, NoInt16));
        PutInt16(registers, at + 2, -Scaled(Quantity.Reactive, phase, power, NoInt16));
        PutInt16(registers, at + 3, -Scaled(Quantity.PowerFactor, phase, 1, NoInt16));
        PutInt16(registers, at + 4, Scaled(Quantity.Current, phase, 10, NoInt16));
    }

    // Wh given, Wh taken, varh given, varh taken.
    private void FillEnergies(byte[] registers, int at, int phase)
    {
        FillEnergy(registers, at, Quantity.Export, phase);
        FillEnergy(registers, at + 4, Quantity.Import, phase);
        FillEnergy(registers, at + 8, Quantity.ReactiveExport, phase);
        FillEnergy(registers, at + 12, Quantity.ReactiveImport, phase);
    }

    private void FillEnergy(byte[] registers, int at, int quantity, int phase)
    {
        if (_meter.TryRead(quantity, phase, out long thousandths))
        {
            PutInt64(registers, at, thousandths / MilliUnits);
        }
    }

    private void FillScales(byte[] registers)
    {
        for (int i = 0; i < ScaleCount; i++)
        {
            Put(registers, AmpereScale + i, NoInt16);
        }

        Put(registers, AmpereScale, -2);
        Put(registers, 114, -1);
        Put(registers, 115, -3);
        Put(registers, 116, _powerScale);
        Put(registers, 117, -4);
        Put(registers, 118, _powerScale);
        Put(registers, 119, _powerScale);
        Put(registers, 120, 0);
        Put(registers, 121, 0);
    }

    // What is not there does not fit, and becomes "not implemented".
    private long Scaled(int quantity, int phase, int divisor, int none) =>
        _meter.TryRead(quantity, phase, out long value) ? Scaling.DivideRounded(value, divisor) : none;
}
