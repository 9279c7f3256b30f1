using MeterFirmware.Basics;

namespace MeterFirmware.Dlt645;

/// <summary>Carries out one request: control codes 03 and 08 to 1C (clause 7). Address and line are the
/// server's.</summary>
internal sealed class Dlt645Commands
{
    private const int OperatorOffset = 4;
    private const int PasswordLength = 4;

    private readonly Dlt645Settings _settings;
    private readonly IDlt645Meter _meter;
    private readonly Dlt645Guard _guard;
    private readonly Dlt645Answer _answer;
    private readonly Dlt645Writer _writer;
    private readonly CivilTime _time = new CivilTime();
    private int _newBaud;
    private bool _hasAnswer;

    public Dlt645Commands(Dlt645Settings settings, IDlt645Meter meter, int answerBytes)
    {
        _settings = settings;
        _meter = meter;
        _guard = new Dlt645Guard(settings, meter);
        _answer = new Dlt645Answer(answerBytes);
        _writer = new Dlt645Writer(settings, meter);
    }

    public bool IsLocked(long nowMs) => _guard.IsLocked(nowMs);

    public void SpeedChanged() => _meter.TryKeepSettings(false);

    /// <summary>True: the reply is ready but for its address. Speed to change to after it, or 0.</summary>
    public bool Handle(Dlt645Frame request, Dlt645Frame reply, long nowMs, out int newBaud)
    {
        _newBaud = 0;
        reply.Length = 0;
        reply.Control = request.Function | Dlt645Protocol.ReplyBit;
        bool hasReply = true;
        int error;
        switch (request.Function)
        {
            case Dlt645Protocol.BroadcastTime:
                TakeBroadcastTime(request);
                error = 0;
                hasReply = false;
                break;
            case Dlt645Protocol.WriteAddress:
                error = WriteAddress(request);

                // A refused address command has no reply: who would it be from?
                hasReply = error == 0;
                break;
            case Dlt645Protocol.SecurityAuthentication:
                error = Dlt645Protocol.ErrorOther;
                break;
            default:
                error = Execute(request, reply, nowMs);
                break;
        }

        newBaud = _newBaud;
        if (error != 0)
        {
            reply.Control |= Dlt645Protocol.ErrorBit;
            reply.Data[0] = (byte)error;
            reply.Length = 1;

            // Security has an error word of two bytes; there is no ESAM here, and the reply says so ("other").
            if (request.Function == Dlt645Protocol.SecurityAuthentication)
            {
                reply.Data[1] = 0;
                reply.Length = 2;
            }
        }

        return hasReply;
    }

    private int Execute(Dlt645Frame request, Dlt645Frame reply, long nowMs)
    {
        switch (request.Function)
        {
            case Dlt645Protocol.Read:
                return Read(request, reply);
            case Dlt645Protocol.ReadNext:
                return ReadNext(request, reply);
            case Dlt645Protocol.ReadAddress:
                return ReadAddress(request, reply);
            case Dlt645Protocol.Write:
                return Write(request, nowMs);
            case Dlt645Protocol.Freeze:
                return Freeze(request);
            case Dlt645Protocol.BaudRate:
                return ChangeSpeed(request, reply);
            case Dlt645Protocol.ChangePassword:
                return ChangePassword(request, reply, nowMs);
            case Dlt645Protocol.ClearDemand:
            case Dlt645Protocol.ClearMeter:
            case Dlt645Protocol.ClearEvents:
            case Dlt645Protocol.Relay:
                return Protected(request, nowMs);
            default:
                return Dlt645Protocol.ErrorOther;
        }
    }

    private int Read(Dlt645Frame request, Dlt645Frame reply)
    {
        _hasAnswer = false;
        if (!request.TryReadIdentifier(out int di))
        {
            return Dlt645Protocol.ErrorOther;
        }

        int error;
        if (di >> 24 == 6)
        {
            error = ReadProfile(request, di);
        }
        else
        {
            // 04 00 04 01 is the address that this server answers to, whatever the meter's parameters say.
            error = di == 0x04000401 ? 0 : _answer.Build(di, _meter, _settings.PartsFreezeBlocks);
        }

        if (error != 0)
        {
            return error;
        }

        reply.WriteIdentifier(di);
        if (di == 0x04000401)
        {
            CopyAddress(reply, 4);
            return 0;
        }

        _hasAnswer = true;
        reply.Length = 4 + _answer.CopyPart(0, reply.Data, 4);
        if (_answer.PartCount > 1)
        {
            reply.Control |= Dlt645Protocol.MoreBit;
        }

        return 0;
    }

    /// <summary>DI, then N records (BCD), then from mm hh DD MM YY for "at time".</summary>
    private int ReadProfile(Dlt645Frame request, int di)
    {
        long count = 1;
        long localSeconds = 0;
        bool good = request.Length == 4 || request.Length == 5 || request.Length == 10;
        if (request.Length >= 5)
        {
            good = good && Dlt645Format.TryRead(Dlt645Format.Count1, request.Data, 4, out count) && count > 0;
        }

        if (request.Length == 10)
        {
            good = good && Dlt645Format.TryRead(Dlt645Format.TimeToMinute, request.Data, 5, out long digits)
                && Dlt645Time.TryFromSecondDigits(digits * 100, out localSeconds);
        }

        bool needsTime = (di & 0xFF) == 1;
        if (!good || (needsTime && request.Length != 10))
        {
            return Dlt645Protocol.ErrorOther;
        }

        return _answer.BuildProfile(di, _meter, (int)count, localSeconds);
    }

    private int ReadNext(Dlt645Frame request, Dlt645Frame reply)
    {
        if (request.Length != 5 || !request.TryReadIdentifier(out int di))
        {
            return Dlt645Protocol.ErrorOther;
        }

        int part = request.Data[4];
        if (!_hasAnswer || di != _answer.Identifier || part < 1 || part >= _answer.PartCount)
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        reply.WriteIdentifier(di);
        int length = 4 + _answer.CopyPart(part, reply.Data, 4);
        reply.Data[length] = (byte)part;
        reply.Length = length + 1;
        if (part + 1 < _answer.PartCount)
        {
            reply.Control |= Dlt645Protocol.MoreBit;
        }

        return 0;
    }

    private int ReadAddress(Dlt645Frame request, Dlt645Frame reply)
    {
        if (request.Length != 0)
        {
            return Dlt645Protocol.ErrorOther;
        }

        CopyAddress(reply, 0);
        return 0;
    }

    private void CopyAddress(Dlt645Frame reply, int offset)
    {
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            reply.Data[offset + i] = _settings.Address[i];
        }

        reply.Length = offset + Dlt645Protocol.AddressLength;
    }

    private int WriteAddress(Dlt645Frame request)
    {
        if (request.Length != Dlt645Protocol.AddressLength)
        {
            return Dlt645Protocol.ErrorOther;
        }

        return _writer.WriteAddress(request.Data, 0, false);
    }

    private int Write(Dlt645Frame request, long nowMs)
    {
        if (request.Length <= Dlt645Protocol.WriteHeaderLength || !request.TryReadIdentifier(out int di))
        {
            return Dlt645Protocol.ErrorOther;
        }

        if (!_guard.Allows(request.Data, 4, _settings.WriteLevelMax, nowMs))
        {
            return Dlt645Protocol.ErrorPassword;
        }

        return _writer.Write(di, request, OperatorOf(request, 8));
    }

    /// <summary>PA P0 P1 P2, C0 C1 C2 C3, and what the command needs.</summary>
    private int Protected(Dlt645Frame request, long nowMs)
    {
        int rest = request.Length - PasswordLength - OperatorOffset;
        int expected = request.Function == Dlt645Protocol.ClearEvents ? 4
            : request.Function == Dlt645Protocol.Relay ? 8 : 0;
        if (rest != expected)
        {
            return Dlt645Protocol.ErrorOther;
        }

        if (!_guard.Allows(request.Data, 0, _settings.ClearLevelMax, nowMs))
        {
            return Dlt645Protocol.ErrorPassword;
        }

        int operatorCode = OperatorOf(request, OperatorOffset);
        switch (request.Function)
        {
            case Dlt645Protocol.ClearDemand:
                return _meter.ClearDemand(operatorCode);
            case Dlt645Protocol.ClearMeter:
                return _meter.ClearMeter(operatorCode);
            case Dlt645Protocol.ClearEvents:
                Dlt645Format.TryRead(Dlt645Format.Hex4, request.Data, 8, out long identifier);
                return (identifier & 0xFF) == 0xFF
                    ? _meter.ClearEvents((int)identifier, operatorCode)
                    : Dlt645Protocol.ErrorNoSuchData;
            default:
                return Relay(request, operatorCode);
        }
    }

    /// <summary>N1 command, N2 reserved, N3 to N8 ss mm hh DD MM YY: void after that time.</summary>
    private int Relay(Dlt645Frame request, int operatorCode)
    {
        if (!Dlt645Format.TryRead(Dlt645Format.TimeToSecond, request.Data, 10, out long digits)
            || !Dlt645Time.TryFromSecondDigits(digits, out long until))
        {
            return Dlt645Protocol.ErrorOther;
        }

        // A replayed old command must not switch a house off.
        if (_meter.TryReadClock(out long now) && now > until)
        {
            return Dlt645Protocol.ErrorOther;
        }

        return _meter.Relay(request.Data[8], operatorCode);
    }

    private int ChangePassword(Dlt645Frame request, Dlt645Frame reply, long nowMs)
    {
        int error = _guard.Change(request, nowMs);
        if (error != 0)
        {
            return error;
        }

        for (int i = 0; i < PasswordLength; i++)
        {
            reply.Data[i] = request.Data[8 + i];
        }

        reply.Length = PasswordLength;
        return 0;
    }

    private int ChangeSpeed(Dlt645Frame request, Dlt645Frame reply)
    {
        if (request.Length != 1 || !Dlt645Protocol.TryBaudOf(request.Data[0], out int baud)
            || (_settings.BaudMask & request.Data[0]) == 0)
        {
            return Dlt645Protocol.ErrorBaudRate;
        }

        _newBaud = baud;
        reply.Data[0] = request.Data[0];
        reply.Length = 1;
        return 0;
    }

    private int Freeze(Dlt645Frame request)
    {
        if (request.Length != 4
            || !Dlt645Format.TryRead(Dlt645Format.Of(Dlt645Format.MonthToMinute, 4), request.Data, 0, out long digits))
        {
            return Dlt645Protocol.ErrorOther;
        }

        int minute = (int)(digits % 100);
        int hour = (int)(digits / 100 % 100);
        int day = (int)(digits / 10_000 % 100);
        int month = (int)(digits / 1_000_000);

        // 99 ("each") may only stand to the left of what is given.
        bool ordered = (month == 99 || day != 99) && (day == 99 || hour != 99) && (hour == 99 || minute != 99);
        bool good = ordered && (minute == 99 || minute < 60) && (hour == 99 || hour < 24)
            && (day == 99 || (day >= 1 && day <= 31)) && (month == 99 || (month >= 1 && month <= 12));
        return good ? _meter.Freeze(month, day, hour, minute) : Dlt645Protocol.ErrorOther;
    }

    /// <summary>At most 5 minutes, once a day, without password and without a reply.</summary>
    private void TakeBroadcastTime(Dlt645Frame request)
    {
        if (request.Length != 6 || !Dlt645Format.TryRead(Dlt645Format.TimeToSecond, request.Data, 0, out long digits)
            || !Dlt645Time.TryFromSecondDigits(digits, out long wanted) || !_meter.TryReadClock(out long now))
        {
            return;
        }

        long step = wanted - now;
        _time.Set(now);
        long today = _time.DayNumber;

        // The day before counts too: a step back across midnight must not free a second broadcast. No more than
        // that, or a clock that once was years ahead would refuse broadcasts for years.
        bool isUsedUp = today == _settings.BroadcastDay || today == _settings.BroadcastDay - 1;
        if (step > _settings.BroadcastSecondsMax || step < -_settings.BroadcastSecondsMax || isUsedUp)
        {
            return;
        }

        if (_meter.SetClock(wanted, true, 0) == 0)
        {
            _time.Set(wanted);
            _settings.BroadcastDay = _time.DayNumber > today ? _time.DayNumber : today;
            _meter.TryKeepSettings(true);
        }
    }

    private static int OperatorOf(Dlt645Frame request, int offset)
    {
        Dlt645Format.TryRead(Dlt645Format.Hex4, request.Data, offset, out long code);
        return (int)code;
    }
}
