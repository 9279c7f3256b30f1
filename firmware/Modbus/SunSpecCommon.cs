using System;

namespace MeterFirmware.Modbus;

/// <summary>Model 1: who made it.</summary>
internal sealed class SunSpecCommon : SunSpecModel
{
    private const int Registers = 66;

    private readonly byte[] _texts = new byte[2 * Registers];

    /// <param name="maker">Up to 32 characters, as model, version and serial number up to 32, 16 and 32.</param>
    public SunSpecCommon(string maker, string model, string version, string serial, int unit)
    {
        WriteText(0, 32, maker);
        WriteText(32, 32, model);
        WriteText(80, 16, version);
        WriteText(96, 32, serial);
        ModbusProtocol.WriteUInt16(_texts, 128, unit);
        ModbusProtocol.WriteUInt16(_texts, 130, NoInt16);
    }

    public override int Number => 1;

    public override int Length => Registers;

    protected override void Fill(byte[] registers) => Array.Copy(_texts, 0, registers, 4, _texts.Length);

    private void WriteText(int at, int size, string text)
    {
        for (int i = 0; i < size && i < text.Length; i++)
        {
            _texts[at + i] = text[i] < 128 ? (byte)text[i] : (byte)'?';
        }
    }
}
