namespace MeterFirmware.Dlt645;

/// <summary>
/// Checks passwords. Each level counts its own wrong ones and is locked by them: a right password of another level
/// proves nothing of this one, so it clears nothing.
/// </summary>
public sealed class Dlt645Guard
{
    private const long Open = long.MinValue;

    private readonly Dlt645Settings _settings;
    private readonly IDlt645Meter _meter;
    private readonly long[] _lockedUntilMs = new long[Dlt645Settings.LevelCount];
    private bool _started;

    public Dlt645Guard(Dlt645Settings settings, IDlt645Meter meter)
    {
        _settings = settings;
        _meter = meter;
        for (int level = 0; level < Dlt645Settings.LevelCount; level++)
        {
            _lockedUntilMs[level] = Open;
        }
    }

    /// <summary>True while any level is locked.</summary>
    public bool IsLocked(long nowMs)
    {
        bool isLocked = false;
        for (int level = 0; level < Dlt645Settings.LevelCount; level++)
        {
            isLocked |= IsLocked(level, nowMs);
        }

        return isLocked;
    }

    /// <summary>PA P0 P1 P2 at <paramref name="offset"/>: true when the level may do it and the password is right.
    /// </summary>
    public bool Allows(byte[] data, int offset, int levelMax, long nowMs)
    {
        int level = data[offset];
        if (level >= Dlt645Settings.LevelCount || _settings.Passwords[level] == Dlt645Settings.NoPassword
            || IsLocked(level, nowMs))
        {
            return false;
        }

        int password = data[offset + 1] | (data[offset + 2] << 8) | (data[offset + 3] << 16);
        if (_settings.Passwords[level] != password)
        {
            NoteWrong(level, nowMs);
            return false;
        }

        if (level > levelMax)
        {
            return false;
        }

        if (_settings.WrongPasswords[level] != 0)
        {
            _settings.WrongPasswords[level] = 0;
            _meter.TryKeepSettings(true);
        }

        return true;
    }

    /// <summary>Kept at once, so that a cut of the supply buys no new tries. The lock bounds the wear: five writes of a
    /// level in a lock's time.</summary>
    private void NoteWrong(int level, long nowMs)
    {
        _settings.WrongPasswords[level]++;
        if (_settings.WrongPasswords[level] >= _settings.WrongPasswordsMax)
        {
            _lockedUntilMs[level] = nowMs + _settings.LockMs;
        }

        _meter.TryKeepSettings(true);
    }

    private bool IsLocked(int level, long nowMs)
    {
        if (!_started)
        {
            // The lock's end is monotonic and does not survive a reset: a lock that stood begins anew.
            _started = true;
            for (int i = 0; i < Dlt645Settings.LevelCount; i++)
            {
                bool isLocked = _settings.WrongPasswords[i] >= _settings.WrongPasswordsMax;
                _lockedUntilMs[i] = isLocked ? nowMs + _settings.LockMs : Open;
            }
        }

        if (_lockedUntilMs[level] == Open)
        {
            return false;
        }

        if (nowMs < _lockedUntilMs[level])
        {
            return true;
        }

        _lockedUntilMs[level] = Open;
        _settings.WrongPasswords[level] = 0;
        _meter.TryKeepSettings(true);
        return false;
    }

    /// <summary>New password for a level; the old one must be of that level or a higher one. Error bits.</summary>
    public int Change(Dlt645Frame request, long nowMs)
    {
        // DI 04 00 0C 01–0A for level 0–9, PA0 P00–P20 of the old, PAN P0N–P2N of the new.
        if (!request.TryReadIdentifier(out int di) || request.Length != 12)
        {
            return Dlt645Protocol.ErrorOther;
        }

        int level = (di & 0xFF) - 1;
        if ((di & 0xFFFF_FF00) != 0x04000C00 || level < 0 || level >= Dlt645Settings.LevelCount)
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        if (!Allows(request.Data, 4, level, nowMs))
        {
            return Dlt645Protocol.ErrorPassword;
        }

        if (request.Data[8] != level
            || !Dlt645Format.TryRead(Dlt645Format.Of(Dlt645Format.Digits, 3), request.Data, 9, out _))
        {
            return Dlt645Protocol.ErrorOther;
        }

        int before = _settings.Passwords[level];
        _settings.Passwords[level] = request.Data[9] | (request.Data[10] << 8) | (request.Data[11] << 16);
        if (!_meter.TryKeepSettings(true))
        {
            // Done would mean that the old one is refused for good: after a loss of supply it would be back.
            _settings.Passwords[level] = before;
            return Dlt645Protocol.ErrorOther;
        }

        return 0;
    }
}
