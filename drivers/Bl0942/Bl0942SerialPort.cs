using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Bl0942;

/// <summary>
/// UART 8N1. Each call takes what has arrived and sends at most one request; it never waits.
/// <code>
///   idle --packet asked for--> packet --whole and good: MODE asked for--> mode --whole and good--> idle, done
///     ^                          |                                         |
///     +------ check sum wrong, or not whole in time: the line is emptied --+
/// </code>
/// </summary>
internal sealed class Bl0942SerialPort : Bl0942Port
{
    /// <summary>Packet: header, measurements, check (data sheet, section 3.2).</summary>
    private const int PacketBytes = 23;

    private const int RegisterBytes = 4;
    private const byte Header = 0x55;

    /// <summary>Measurements that were asked for longer ago (ms) are not of now. A product that ticks once a second and
    /// polls no oftener is within it.</summary>
    private const int AgeMsMax = 3_000;

    private const int StateIdle = 0;
    private const int StatePacket = 1;
    private const int StateMode = 2;

    private readonly ISerialLine _line;
    private readonly int _address;
    private readonly int _baud;
    private readonly int _answerMsMax;
    private readonly byte[] _out = new byte[14];
    private readonly byte[] _in = new byte[PacketBytes];
    private readonly byte[] _discard = new byte[32];
    private int _state;
    private int _count;
    private long _deadlineMs;
    private long _askedAtMs;
    private bool _isOpen;

    public Bl0942SerialPort(ISerialLine line, Bl0942Settings settings)
    {
        _line = line;
        _address = settings.Address;
        _baud = settings.Baud;
        _answerMsMax = settings.AnswerMsMax;
    }

    public override int SetUp(long nowMs, int mode)
    {
        if (_state == StateIdle)
        {
            _isOpen = _isOpen || _line.TryConfigure(_baud, 0);
            int length = PutWrite(0, Bl0942Register.WriteProtection, 0x55);
            length = PutWrite(length, Bl0942Register.Mode, mode);
            return _isOpen && TrySend(nowMs, PutRead(length, Bl0942Register.Mode), StateMode) ? Busy : Missing;
        }

        return Collect(nowMs, RegisterBytes) ? TakeMode() : Waited(nowMs);
    }

    public override int Read(long nowMs)
    {
        if (_state == StateIdle || nowMs - _askedAtMs > AgeMsMax)
        {
            _askedAtMs = nowMs;
            return TrySend(nowMs, PutRead(0, Bl0942Register.Packet), StatePacket) ? Busy : Missing;
        }

        if (_state == StateMode)
        {
            return Collect(nowMs, RegisterBytes) ? TakeMode() : Waited(nowMs);
        }

        if (!Collect(nowMs, PacketBytes))
        {
            return Waited(nowMs);
        }

        if (!TryTakePacket())
        {
            return GiveUp(Damaged);
        }

        // MODE behind the counter: a restart at any place before it shows.
        return TrySend(nowMs, PutRead(0, Bl0942Register.Mode), StateMode) ? Busy : GiveUp(Missing);
    }

    private bool TryTakePacket()
    {
        int sum = Bl0942Register.Read + _address;
        for (int i = 0; i < PacketBytes - 1; i++)
        {
            sum += _in[i];
        }

        Current = Unsigned24(1);
        Voltage = Unsigned24(4);
        Power = Signed24(Unsigned24(10));
        PulseCount = Unsigned24(13);
        Period = _in[16] | (_in[17] << 8);
        return Check(sum) == _in[PacketBytes - 1];
    }

    private int TakeMode()
    {
        int sum = Bl0942Register.Read + _address + Bl0942Register.Mode + _in[0] + _in[1] + _in[2];
        if (Check(sum) != _in[3])
        {
            return GiveUp(Damaged);
        }

        Mode = Unsigned24(0);
        _state = StateIdle;
        return Done;
    }

    private int Unsigned24(int at) => _in[at] | (_in[at + 1] << 8) | (_in[at + 2] << 16);

    /// <summary>Takes what has arrived. True: so many bytes are there. What stands before a packet's header is noise.
    /// </summary>
    private bool Collect(long nowMs, int wanted)
    {
        if (!_line.TryRead(_in, _count, wanted - _count, out int received))
        {
            // Something was lost at an unknown place.
            _count = 0;
            _deadlineMs = nowMs;
            return false;
        }

        _count += received;
        if (_state == StatePacket && _count > 0 && _in[0] != Header)
        {
            DropToHeader();
        }

        return _count == wanted;
    }

    private void DropToHeader()
    {
        int from = 1;
        while (from < _count && _in[from] != Header)
        {
            from++;
        }

        for (int i = from; i < _count; i++)
        {
            _in[i - from] = _in[i];
        }

        _count -= from;
    }

    private int Waited(long nowMs) => nowMs < _deadlineMs ? Busy : GiveUp(Missing);

    private int GiveUp(int result)
    {
        _state = StateIdle;
        return result;
    }

    private bool TrySend(long nowMs, int length, int nextState)
    {
        // What still lies there answers nothing that is asked now.
        int received;
        do
        {
            if (!_line.TryRead(_discard, 0, _discard.Length, out received))
            {
                return false;
            }
        }
        while (received == _discard.Length);

        _count = 0;
        _state = nextState;
        _deadlineMs = nowMs + _answerMsMax;
        if (_line.TryWrite(_out, 0, length))
        {
            return true;
        }

        _state = StateIdle;
        return false;
    }

    private int PutRead(int at, int register)
    {
        _out[at] = (byte)(Bl0942Register.Read + _address);
        _out[at + 1] = (byte)register;
        return at + 2;
    }

    private int PutWrite(int at, int register, int value)
    {
        _out[at] = (byte)(Bl0942Register.Write + _address);
        _out[at + 1] = (byte)register;
        _out[at + 2] = (byte)value;
        _out[at + 3] = (byte)(value >> 8);
        _out[at + 4] = (byte)(value >> 16);
        _out[at + 5] = (byte)Check(_out[at] + register + _out[at + 2] + _out[at + 3] + _out[at + 4]);
        return at + 6;
    }
}
