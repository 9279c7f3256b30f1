namespace MeterFirmware.EvCharger;

/// <summary>Keeps the charger for one token until a time.</summary>
public sealed class Reservation
{
    /// <summary>24 h, in ms.</summary>
    public const int LengthMsMax = 86_400_000;

    private readonly byte[] _token = new byte[ChargerLimits.TokenBytesMax];
    private int _length;
    private long _untilMs = -1;

    public bool Stands(long nowMs) => nowMs < _untilMs;

    public bool IsFor(byte[] token, int length) => _length == length && TokenList.AreEqual(_token, 0, token, length);

    public void Make(byte[] token, int length, long untilMs)
    {
        for (int i = 0; i < length; i++)
        {
            _token[i] = token[i];
        }

        _length = length;
        _untilMs = untilMs;
    }

    public void End() => _untilMs = -1;
}
