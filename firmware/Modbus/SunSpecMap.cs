using System;

namespace MeterFirmware.Modbus;

/// <summary>
/// A device under the SunSpec models that it has data for, from register 40000 on: 1 (common), 201 or 203 (meter,
/// integers with scale), 211 or 213 (meter, floats), 701 (measurements of a unit), and those that a product adds. Read
/// only.</summary>
public sealed class SunSpecMap : IModbusMap
{
    public const int Base = 40_000;

    private const int MarkRegisters = 2;
    private const int HeadRegisters = 2;
    private const int OwnModels = 4;

    private readonly SunSpecModel[] _models;
    private readonly byte[] _model = new byte[2 * (HeadRegisters + SunSpecModel.LengthMax)];

    /// <summary>A meter.</summary>
    /// <param name="maker">Up to 32 characters, as model, version and serial number up to 32, 16 and 32.</param>
    public SunSpecMap(IModbusMeter meter, string maker, string model, string version, string serial, int unit)
        : this(meter, null, new SunSpecModel[0], maker, model, version, serial, unit)
    {
    }

    /// <summary>A unit that gives and takes.</summary>
    /// <param name="state">What it does.</param>
    /// <param name="more">Its models behind 701.</param>
    /// <param name="maker">Up to 32 characters, as model, version and serial number up to 32, 16 and 32.</param>
    public SunSpecMap(
        IModbusMeter meter, ISunSpecUnit state, SunSpecModel[] more, string maker, string model, string version,
        string serial, int unit)
    {
        _models = new SunSpecModel[OwnModels + more.Length];
        _models[0] = new SunSpecCommon(maker, model, version, serial, unit);
        _models[1] = new SunSpecMeter(meter);
        _models[2] = new SunSpecFloatMeter(meter);
        _models[3] = new SunSpecAcMeasurement(meter, state);
        Array.Copy(more, 0, _models, OwnModels, more.Length);
    }

    public bool Covers(int address, int count)
    {
        if (address < Base)
        {
            return false;
        }

        int end = MarkRegisters + HeadRegisters;
        for (int i = 0; i < _models.Length; i++)
        {
            end += RegistersOf(_models[i]);
        }

        return address + count <= Base + end;
    }

    public int Read(int address, int count, byte[] destination, int offset)
    {
        int first = address - Base;
        int last = first + count;
        Put(0, 0x5375, first, last, destination, offset);
        Put(1, 0x6E53, first, last, destination, offset);
        int at = MarkRegisters;
        for (int i = 0; i < _models.Length; i++)
        {
            int registers = RegistersOf(_models[i]);
            if (registers > 0 && first < at + registers && last > at)
            {
                _models[i].Write(_model);
                int from = first > at ? first : at;
                int to = last < at + registers ? last : at + registers;
                Array.Copy(_model, 2 * (from - at), destination, offset + 2 * (from - first), 2 * (to - from));
            }

            at += registers;
        }

        Put(at, 0xFFFF, first, last, destination, offset);
        Put(at + 1, 0, first, last, destination, offset);
        return 0;
    }

    /// <summary>Nothing: who controls a product signs his commands, and Modbus has no signature.</summary>
    public int Write(int address, int count, byte[] source, int offset) => ModbusProtocol.IllegalAddress;

    /// <summary>A value times ten to a scale factor of −10 to 10, rounded; 8000 is "no scale".</summary>
    internal static bool TryScale(long value, int scale, out long scaled)
    {
        scaled = value;
        if (scale < -10 || scale > 10)
        {
            return false;
        }

        for (; scale > 0; scale--)
        {
            if (scaled > long.MaxValue / 10 || scaled < -(long.MaxValue / 10))
            {
                return false;
            }

            scaled *= 10;
        }

        long divisor = 1;
        for (; scale < 0; scale++)
        {
            divisor *= 10;
        }

        scaled = Basics.Scaling.DivideRounded(scaled, divisor);
        return true;
    }

    private static int RegistersOf(SunSpecModel model) => model.IsThere ? HeadRegisters + model.Length : 0;

    private static void Put(int register, int value, int first, int last, byte[] destination, int offset)
    {
        if (register >= first && register < last)
        {
            ModbusProtocol.WriteUInt16(destination, offset + 2 * (register - first), value);
        }
    }
}
