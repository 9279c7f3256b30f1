using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// Turns a reader that reads the same card again and again into cards that are shown: once when a card comes, and again
/// only after it has been away. A card that lies on the reader neither starts twice nor stops what it started.
/// </summary>
public sealed class CardWatch
{
    // A reader misses a read now and then; this long without the card it has been taken away.
    private const int AwayMs = 1_500;

    // Between two different cards: nobody changes them faster.
    private const int PauseMs = 1_000;

    private readonly ICardReader _reader;
    private readonly byte[] _read = new byte[ChargerLimits.TokenBytesMax];
    private int _readLength;
    private bool _hasCard;
    private long _seenMs;
    private long _shownMs = -PauseMs;

    public CardWatch(ICardReader reader)
    {
        _reader = reader;
    }

    /// <summary>UID of the card shown, from its front.</summary>
    public byte[] Uid { get; } = new byte[ChargerLimits.TokenBytesMax];

    /// <summary>Its length as the reader gave it: a card has 4, 7 or 10 bytes.</summary>
    public int Length { get; private set; }

    public bool HasCardLength => Length == 4 || Length == 7 || Length == 10;

    /// <summary>Asks the reader once a tick. True: a card was shown.</summary>
    public bool Tick(long nowMs)
    {
        if (!_reader.TryReadUid(nowMs, _read, out _readLength))
        {
            _hasCard = _hasCard && nowMs - _seenMs < AwayMs;
            return false;
        }

        bool isSame = _hasCard && nowMs - _seenMs < AwayMs && _readLength == Length
            && TokenList.AreEqual(Uid, 0, _read, Length);
        if (isSame)
        {
            _seenMs = nowMs;
            return false;
        }

        if (nowMs - _shownMs < PauseMs)
        {
            return false;
        }

        _hasCard = true;
        _seenMs = nowMs;
        _shownMs = nowMs;
        Length = _readLength;
        for (int i = 0; i < Uid.Length; i++)
        {
            Uid[i] = _read[i];
        }

        return true;
    }
}
