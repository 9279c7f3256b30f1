namespace MeterFirmware.Protocols;

/// <summary>Checks passwords and locks writing after too many wrong ones in a row.</summary>
public sealed class Dlt645Guard
{
    private readonly Dlt645Settings _settings;
    private readonly IDlt645Meter _meter;
    private long _lockedUntilMs = long.MinValue;
    private bool _started;

    public Dlt645Guard(Dlt645Settings settings, IDlt645Meter meter)
    {
        _settings = settings;
        _meter = meter;
    }

    /// <summary>True while every password is refused.</summary>
    public bool IsLocked(long nowMs)
    {
        if (!_started)
        {
            // The lock's end is monotonic and does not survive a reset: a lock that stood begins anew.
            _started = true;
            if (_settings.WrongPasswords >= _settings.WrongPasswordsMax)
            {
                _lockedUntilMs = nowMs + _settings.LockMs;
            }
        }

        if (_lockedUntilMs == long.MinValue)
        {
            return false;
        }

        if (nowMs < _lockedUntilMs)
        {
            return true;
        }

        _lockedUntilMs = long.MinValue;
        _settings.WrongPasswords = 0;
        _meter.TryKeepSettings(true);
        return false;
    }

    /// <summary>PA P0 P1 P2 at <paramref name="offset"/>: true when the level may do it and the password is right.</summary>
    public bool Allows(byte[] data, int offset, int levelMax, long nowMs)
    {
        if (IsLocked(nowMs) || !_meter.IsProgrammingAllowed)
        {
            return false;
        }

        int level = data[offset];
        int password = data[offset + 1] | (data[offset + 2] << 8) | (data[offset + 3] << 16);
        if (level < Dlt645Settings.LevelCount && _settings.Passwords[level] == password)
        {
            if (_settings.WrongPasswords != 0)
            {
                _settings.WrongPasswords = 0;
                _meter.TryKeepSettings(true);
            }

            return level <= levelMax;
        }

        _settings.WrongPasswords++;
        if (_settings.WrongPasswords >= _settings.WrongPasswordsMax)
        {
            _lockedUntilMs = nowMs + _settings.LockMs;
        }

        _meter.TryKeepSettings(true);
        return false;
    }

    /// <summary>New password for a level; the old one must be of that level or a higher one. Error bits.</summary>
    public int Change(Dlt645Frame request, long nowMs)
    {
        // DI 04 00 0C 01–0A for level 0–9, PA0 P00–P20 of the old, PAN P0N–P2N of the new.
        if (!request.TryReadIdentifier(out int di) || request.Length != 12)
        {
            return Dlt645.ErrorOther;
        }

        int level = (di & 0xFF) - 1;
        if ((di & 0xFFFF_FF00) != 0x04000C00 || level < 0 || level >= Dlt645Settings.LevelCount)
        {
            return Dlt645.ErrorNoSuchData;
        }

        if (!Allows(request.Data, 4, level, nowMs))
        {
            return Dlt645.ErrorPassword;
        }

        if (request.Data[8] != level
            || !Dlt645Format.TryRead(Dlt645Format.Of(Dlt645Format.Digits, 3), request.Data, 9, out _))
        {
            return Dlt645.ErrorOther;
        }

        int before = _settings.Passwords[level];
        _settings.Passwords[level] = request.Data[9] | (request.Data[10] << 8) | (request.Data[11] << 16);
        if (!_meter.TryKeepSettings(true))
        {
            // Done would mean that the old one is refused for good: after a loss of supply it would be back.
            _settings.Passwords[level] = before;
            return Dlt645.ErrorOther;
        }

        return 0;
    }
}
