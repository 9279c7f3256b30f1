using MeterFirmware.Hardware;

namespace MeterFirmware.Supervision;

/// <summary>
/// Asks two time servers in turn and offers each answer once. Before it asks it puts the board's clock an hour back, or
/// years where no time is known: a clock that still stands there afterwards was set by nobody. Without that two
/// readings of a clock that one packet has set would look like two answers.
/// </summary>
public sealed class SntpQuery
{
    public const int ServerCount = 2;

    private const int AnswerMs = 10_000;
    private const int SpacingMs = 600_000;
    private const int MarkSeconds = 3_600;
    private const long MarkToleranceMs = 60_000;

    // 2000-01-01: before every time that a source may offer.
    private const long UnknownUtcSeconds = 946_684_800;

    private readonly IClock _board;
    private readonly TimeKeeper _time;
    private readonly ISntpClient _client;
    private long _askAtMs;
    private long _answerAtMs;
    private long _markUtcMs;
    private int _server;
    private bool _isAsking;

    /// <param name="board">The clock that the platform's client sets; the same that the keeper was made with.</param>
    /// <param name="time">Is offered the answers.</param>
    /// <param name="client">The platform's.</param>
    public SntpQuery(IClock board, TimeKeeper time, ISntpClient client)
    {
        _board = board;
        _time = time;
        _client = client;
    }

    /// <summary>After the keeper's tick, while there is a network.</summary>
    public void Tick(long nowMs)
    {
        if (_isAsking && nowMs >= _answerAtMs)
        {
            _isAsking = false;
            TakeAnswer(nowMs);
            _askAtMs = _time.IsSet ? nowMs + SpacingMs : nowMs;
        }

        if (!_isAsking && nowMs >= _askAtMs)
        {
            _isAsking = true;
            _answerAtMs = nowMs + AnswerMs;
            _server = _server % ServerCount + 1;
            long utcSeconds = _time.TryReadUtc(out long known, out int _) ? known - MarkSeconds : UnknownUtcSeconds;
            _markUtcMs = utcSeconds * 1_000 - nowMs;
            _board.SetUtc(utcSeconds, 0);
            _client.Ask(_server);
        }
    }

    private void TakeAnswer(long nowMs)
    {
        bool isRead = _board.TryReadUtc(out long utcSeconds, out int milliseconds);
        long utcMs = utcSeconds * 1_000 + milliseconds;
        long moved = utcMs - nowMs - _markUtcMs;

        // The keeper's word first: an answer that it does not follow must not stay on the board.
        if (_time.TryReadUtc(out long known, out int part))
        {
            _board.SetUtc(known, part);
        }

        if (isRead && (moved > MarkToleranceMs || moved < -MarkToleranceMs))
        {
            _time.OfferSntp(_server, nowMs, utcMs);
        }
    }
}
