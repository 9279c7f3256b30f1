namespace MeterFirmware.EvCharger.Sessions;

/// <summary>Keeps the charger for one token until a time.</summary>
public sealed class Reservation
{
    /// <summary>24 h, in ms.</summary>
    public const int LengthMsMax = 86_400_000;

    private readonly byte[] _token = new byte[ChargerLimits.TokenBytesMax];
    private int _length;
    private long _untilMs = -1;
    private long _sinceMs;

    /// <summary>It was made and neither used nor ended.</summary>
    public bool IsOpen => _untilMs >= 0;

    public long UntilMs => _untilMs;

    /// <summary>How long the charger has been kept, to its end at most; s.</summary>
    public long KeptSeconds(long nowMs) => ((nowMs < _untilMs ? nowMs : _untilMs) - _sinceMs) / 1_000;

    public bool Stands(long nowMs) => nowMs < _untilMs;

    public bool IsFor(byte[] token, int length) => _length == length && TokenList.AreEqual(_token, 0, token, length);

    /// <summary>Prolongs when it stands for the same token.</summary>
    public void Make(byte[] token, int length, long untilMs, long nowMs)
    {
        _sinceMs = Stands(nowMs) && IsFor(token, length) ? _sinceMs : nowMs;
        for (int i = 0; i < length; i++)
        {
            _token[i] = token[i];
        }

        _length = length;
        _untilMs = untilMs;
    }

    /// <summary>Copies the token; returns its length.</summary>
    public int CopyToken(byte[] into)
    {
        for (int i = 0; i < _length; i++)
        {
            into[i] = _token[i];
        }

        return _length;
    }

    public void End() => _untilMs = -1;
}
