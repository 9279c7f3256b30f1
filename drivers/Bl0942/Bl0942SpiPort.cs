using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Bl0942;

/// <summary>SPI mode 1, up to 800 kHz. Read: command, register, then high, middle, low byte and check. Write: the same
/// six bytes, all sent (data sheet, section 3.1).</summary>
internal sealed class Bl0942SpiPort : Bl0942Port
{
    private const int ReadBytes = 4;
    private const int WriteBytes = 6;

    private readonly IRegisterBus _bus;
    private readonly byte[] _out = new byte[WriteBytes];
    private readonly byte[] _in = new byte[ReadBytes];
    private int _result;

    public Bl0942SpiPort(IRegisterBus bus)
    {
        _bus = bus;
    }

    public override int SetUp(long nowMs, int mode)
    {
        _result = Done;
        Write(Bl0942Register.WriteProtection, 0x55);
        Write(Bl0942Register.Mode, mode);
        Mode = Read(Bl0942Register.Mode);
        return _result;
    }

    public override int Read(long nowMs)
    {
        _result = Done;
        Current = Read(Bl0942Register.CurrentRms);
        Voltage = Read(Bl0942Register.VoltageRms);
        Power = Signed24(Read(Bl0942Register.ActivePower));
        Period = Read(Bl0942Register.Period) & 0xFFFF;
        PulseCount = Read(Bl0942Register.PulseCount);
        Mode = Read(Bl0942Register.Mode);
        return _result;
    }

    // After one that failed nothing more is asked: the reading is void.
    private int Read(int register)
    {
        if (_result != Done)
        {
            return 0;
        }

        _out[0] = Bl0942Register.Read;
        _out[1] = (byte)register;
        if (!_bus.TryWriteRead(_out, 2, _in, ReadBytes))
        {
            _result = Missing;
            return 0;
        }

        int sum = _out[0] + _out[1] + _in[0] + _in[1] + _in[2];
        _result = Check(sum) == _in[3] ? Done : Damaged;
        return (_in[0] << 16) | (_in[1] << 8) | _in[2];
    }

    private void Write(int register, int value)
    {
        _out[0] = Bl0942Register.Write;
        _out[1] = (byte)register;
        _out[2] = (byte)(value >> 16);
        _out[3] = (byte)(value >> 8);
        _out[4] = (byte)value;
        _out[5] = (byte)Check(_out[0] + _out[1] + _out[2] + _out[3] + _out[4]);
        if (_result == Done && !_bus.TryWrite(_out, WriteBytes))
        {
            _result = Missing;
        }
    }
}
