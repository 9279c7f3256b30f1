using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// What of sessions outlives a loss of supply:
/// <code>
///   running and service bits (4), reason (4), next number (8), bill's head (32) | limits | bill's record and cost
/// </code>
/// as release 0.1.0 laid it out; what waits for the time stands in an extension of its own (<see cref="SaveWaiting"/>).
/// Bits: 1 a session runs, 2 out of service, 4 the one that a loss of supply cut is closed and may go on.
/// </summary>
public sealed partial class SessionManager
{
    private const int HeadBytes = 16 + SessionBill.HeadBytes;
    private const int WaitingHeadBytes = 8;
    private const int RunsBit = 1;
    private const int OutOfServiceBit = 2;
    private const int GoesOnBit = 4;

    // No charger has so many; beyond it the number is damage.
    private const long NumberMax = 1_000_000_000_000;

    private bool _isRead = true;
    private bool _isTold;

    /// <summary>A session was cut by a loss of supply, is closed, and goes on when its vehicle is still there. A state
    /// keeps that: supplies come back in several tries.</summary>
    public bool IsResumeAwaited => !IsActive && _lastMs < _resumeUntilMs && _bill.IsOfEarlierStart;

    /// <summary>Of a state that an earlier start wrote, which had closed the session: <see cref="GoOn"/> is to
    /// follow.</summary>
    public bool IsToGoOn { get; private set; }

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public int SavedBytes => HeadBytes + SessionQuota.SavedBytes + _bill.RecordBytes;

    /// <summary>Bytes that <see cref="SaveWaiting"/> writes at most.</summary>
    public const int WaitingBytesMax = WaitingHeadBytes + FinishedSessions.SavedBytesMax;

    /// <summary>Writes what must outlive a loss of supply; returns the offset behind it.</summary>
    public int Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt32(bytes, offset,
            (IsActive ? RunsBit : 0) | (IsOperative ? 0 : OutOfServiceBit) | (IsResumeAwaited ? GoesOnBit : 0));
        LittleEndian.WriteInt32(bytes, offset + 4, EndReason);
        LittleEndian.WriteInt64(bytes, offset + 8, NextNumber);
        _bill.SaveHead(bytes, offset + 16);
        _limits.Save(bytes, offset + HeadBytes);
        _bill.SaveRecord(bytes, offset + HeadBytes + SessionQuota.SavedBytes);
        return offset + SavedBytes;
    }

    /// <summary>Writes the count of empty visits and the records that wait; returns the offset behind it.</summary>
    public int SaveWaiting(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, EmptyCount);
        return _finished.Save(bytes, offset + WaitingHeadBytes);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. When a session was running, <see cref="IsActive"/> is true
    /// afterwards and
    /// <see cref="CloseAfterPowerLoss"/> must follow: it says what its numbers are worth.</summary>
    public void Load(byte[] bytes, int offset)
    {
        int limits = offset + HeadBytes;
        int head = LittleEndian.ReadInt32(bytes, offset);
        IsActive = (head & RunsBit) != 0;
        IsOperative = (head & OutOfServiceBit) == 0;
        IsToGoOn = (head & GoesOnBit) != 0 && !IsActive;
        EndReason = LittleEndian.ReadInt32(bytes, offset + 4);
        long next = LittleEndian.ReadInt64(bytes, offset + 8);
        _isRead = _bill.TryLoad(bytes, offset + 16, limits + SessionQuota.SavedBytes);
        _isRead &= _limits.TryLoad(bytes, limits);
        bool isNumbered = Record.Number >= 1 && Record.Number <= NumberMax;
        bool isNextKnown = next >= 1 && next <= NumberMax && (!isNumbered || !IsActive || next >= Record.Number);
        NextNumber = isNextKnown ? next : isNumbered ? Record.Number + 1 : 1;
        _isRead &= isNextKnown && isNumbered && SessionReason.IsKnown(EndReason);
        Record.Number = isNumbered ? Record.Number : NextNumber;
    }

    /// <summary>Of a state whose running session cannot be read: its number is not given out again.</summary>
    /// <param name="count">Bytes that are there.</param>
    public void KeepNumber(byte[] bytes, int offset, int count)
    {
        long next = count < 16 ? 0 : LittleEndian.ReadInt64(bytes, offset + 8);
        NextNumber = next >= 1 && next <= NumberMax ? next : NextNumber;
    }

    /// <summary>The journal holds the record of this session already: the supply went between the record and the
    /// checkpoint behind it. It is over and is not told again; its number is not given out again. Oldest
    /// first.</summary>
    /// <param name="isCut">A start closed it after a loss of supply: <see cref="CloseAfterPowerLoss"/> does so again,
    /// without a record, so that its driver's charging goes on, unless a later session stands in the journal.</param>
    public void NoteTold(long number, bool isCut)
    {
        _finished.Remove(number);
        NoteAnnounced(number);
        IsToGoOn = false;
        if (number == Record.Number)
        {
            _isTold = isCut;
            IsActive &= isCut;
        }
        else
        {
            IsActive &= !_isTold;
        }
    }

    /// <summary>The journal says that a session of this number began: it is not given out again.</summary>
    public void NoteAnnounced(long number) =>
        NextNumber = number >= NextNumber && number <= NumberMax ? number + 1 : NextNumber;

    /// <summary>Something else of the running session could not be read: its cost is not known.</summary>
    public void Doubt() => _isRead = false;

    /// <summary>Reads what <see cref="SaveWaiting"/> wrote. False: something cannot be read.</summary>
    public bool TryLoadWaiting(byte[] bytes, int offset, int end)
    {
        if (end - offset < WaitingHeadBytes)
        {
            return false;
        }

        long empty = LittleEndian.ReadInt64(bytes, offset);
        EmptyCount = empty > 0 ? empty : 0;
        return _finished.TryLoad(bytes, offset + WaitingHeadBytes, end, _bill);
    }

    /// <summary>Ends the session that a loss of supply cut: with the registers that were saved, at the time that was
    /// saved, and saying so. It may go on as a new session, with what is left of its limits, while its vehicle is
    /// still there: its token's, or on a free charger anybody's. One that was being stopped stays stopped.</summary>
    /// <param name="registerWattHours">The import register.</param>
    /// <returns>False: its numbers were damaged; its record says that the cost is unknown, and nothing goes
    /// on.</returns>
    public bool CloseAfterPowerLoss(long nowMs, long registerWattHours)
    {
        _bill.Check(_isRead, registerWattHours);
        bool isDamaged = _bill.IsDamaged;
        bool wasStopped = !isDamaged && EndReason != SessionReason.None;
        EndReason = wasStopped ? EndReason : SessionReason.PowerLoss;
        Record.Flags |= RecordFlags.PowerLoss;
        _bill.IsOfEarlierStart = true;
        _bill.Complete(EndReason);
        _isAnnounced = Record.Number < NextNumber;
        Close(nowMs);
        if (_isTold)
        {
            _finished.Remove(Record.Number);
        }

        _isFinished = wasStopped;
        if (!wasStopped && !isDamaged)
        {
            GoOn(nowMs, registerWattHours);
        }

        return !isDamaged;
    }

    /// <summary>Lets the session that a start closed go on as a new one.</summary>
    /// <param name="registerWattHours">The import register.</param>
    public void GoOn(long nowMs, long registerWattHours)
    {
        IsToGoOn = false;
        _lastMs = nowMs;
        _bill.IsOfEarlierStart = true;
        _bill.Check(_isRead, registerWattHours);
        bool goesOn = !_bill.IsDamaged && (Record.TokenLength > 0
            ? Permit(Record.Token, Record.TokenLength, nowMs) == SessionRefusal.None
            : _settings.IsFree);
        if (goesOn)
        {
            _resumeUntilMs = nowMs + _settings.ResumeMs;
            _permittedUntilMs = Record.TokenLength > 0 ? _resumeUntilMs : _permittedUntilMs;
            _limits.AskForRest(_bill.WattHours, _bill.ElapsedMs / 1_000, _bill.CostSoFar());
        }
    }
}
