namespace MeterFirmware.Dlt698;

/// <summary>The one client that has connected with a password or agreed on sizes. Another client reads beside it, and
/// takes its place when it connects with a right password.</summary>
internal sealed class Dlt698Connection
{
    private const int Version = 0x0010;
    private const int ConformanceLength = 24;
    private const int NoMechanism = 0;
    private const int PasswordMechanism = 1;
    private const int WrongPassword = 1;
    private const int NoSymmetric = 2;
    private const int NoAsymmetric = 3;
    private const int WrongVersion = 5;
    private const int SecondsMin = 10;

    private readonly Dlt698Settings _settings;
    private readonly IDlt698Meter _meter;
    private int _client = -1;
    private int _rights;
    private int _frameBytes;
    private int _messageBytes;
    private long _endMs;
    private long _lifeMs;

    public Dlt698Connection(Dlt698Settings settings, IDlt698Meter meter)
    {
        _settings = settings;
        _meter = meter;
    }

    /// <summary>Length of a frame that the client takes.</summary>
    public int FrameBytesFor(int client, long nowMs) => Is(client, nowMs) ? _frameBytes : int.MaxValue;

    /// <summary>Length of an answer that the client takes.</summary>
    public int MessageBytesFor(int client, long nowMs) => Is(client, nowMs) ? _messageBytes : int.MaxValue;

    public int RightsOf(int client, long nowMs) => Is(client, nowMs) ? _rights : Dlt698Rights.None;

    /// <summary>A request came: the connection lives on.</summary>
    public void Refresh(int client, long nowMs)
    {
        if (Is(client, nowMs))
        {
            _endMs = nowMs + _lifeMs;
        }
    }

    public void Release(int client)
    {
        _client = client == _client ? -1 : _client;
    }

    /// <summary>Passes a CONNECT over behind its PIID; the reader says whether it was whole.</summary>
    public static void Skip(Dlt698Reader reader)
    {
        reader.Skip(2 + ConformanceLength + 2 + 2 + 1 + 2 + 4);
        int mechanism = reader.Byte();
        if (mechanism > 3)
        {
            reader.Fail();
        }

        for (int left = mechanism < 2 ? mechanism : 2; left > 0; left--)
        {
            reader.Skip(reader.Length());
        }
    }

    /// <summary>Answers a CONNECT behind its PIID: what this server is, and what was agreed.</summary>
    public void Answer(Dlt698Reader reader, Dlt698Writer writer, int client, long nowMs)
    {
        writer.BareText(_settings.Maker, 4);
        writer.BareText(_settings.Software, 4);
        writer.BareText(_settings.SoftwareDate, 6);
        writer.BareText(_settings.Hardware, 4);
        writer.BareText(_settings.HardwareDate, 6);
        writer.UInt64(0);
        int version = reader.UInt16();
        writer.UInt16(Version);

        // Which service stands behind a bit is not settled by what we have: the client's wish goes back as it came.
        writer.Copy(reader.Bytes, reader.At, ConformanceLength);
        reader.Skip(ConformanceLength);
        int clientSends = reader.UInt16();
        int clientTakes = reader.UInt16();
        reader.Skip(1);
        int clientMessage = reader.UInt16();
        long seconds = reader.UInt32();
        int frameBytes = Dlt698Protocol.FrameLengthOf(_settings.FrameDataBytes);
        int sends = Least(clientTakes, frameBytes);
        int message = Least(clientMessage, _settings.AnswerBytes);
        seconds = seconds == 0 || seconds > _settings.ConnectionSecondsMax ? _settings.ConnectionSecondsMax
            : seconds < SecondsMin ? SecondsMin : seconds;
        writer.UInt16(sends);
        writer.UInt16(Least(clientSends, frameBytes));
        writer.Byte(1);

        // What it takes: no longer than a request may be. What it sends keeps to the client's own figure.
        writer.UInt16(Least(message, _settings.RequestBytes));
        writer.UInt32(seconds);
        int result = version == Version ? Check(reader, client, nowMs) : WrongVersion;
        writer.Byte(result);
        writer.Byte(0);
        if (result == 0 && _client == client)
        {
            _frameBytes = sends;
            _messageBytes = message;
            _lifeMs = seconds * 1000;
            _endMs = nowMs + _lifeMs;
        }
    }

    /// <summary>Result of the security mechanism; with 0 the client may have become the one that is
    /// connected.</summary>
    private int Check(Dlt698Reader reader, int client, long nowMs)
    {
        int mechanism = reader.Byte();
        if (mechanism > PasswordMechanism)
        {
            return mechanism == 2 ? NoSymmetric : NoAsymmetric;
        }

        if (mechanism == NoMechanism)
        {
            // Rights of another client that lives are not taken away by who brings none.
            if (_client < 0 || _client == client || nowMs >= _endMs || _rights == Dlt698Rights.None)
            {
                _client = client;
                _rights = Dlt698Rights.None;
            }

            return 0;
        }

        int length = reader.Length();
        int rights = _meter.Login(reader.Bytes, reader.At, length, nowMs);
        reader.Skip(length);
        if (rights < 0)
        {
            return WrongPassword;
        }

        _client = client;
        _rights = rights;
        return 0;
    }

    private bool Is(int client, long nowMs) => client == _client && nowMs < _endMs;

    /// <summary>0 is no limit.</summary>
    private static int Least(int wish, int own) => wish > 0 && wish < own ? wish : own;
}
