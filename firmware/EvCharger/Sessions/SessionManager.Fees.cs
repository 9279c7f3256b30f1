using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger;

/// <summary>
/// Fees by the minute, where the tariff has them: for standing there after charging, and for keeping the charger. A
/// session that ended with the plug still in keeps its record back until the plug is out, the next session begins or a
/// day has passed; a loss of supply ends the count.
/// </summary>
public sealed partial class SessionManager
{
    /// <summary>Bytes that <see cref="SaveFees"/> writes.</summary>
    public const int FeesBytes = 16;

    // Whoever leaves his car for longer has paid the cap, or is towed.
    private const long StandingMsMax = 86_400_000;
    private const long ReservationSecondsMax = Reservation.LengthMsMax / 1_000;

    private SessionBill _standing;
    private long _reservedSeconds;

    /// <summary>Writes what of the running session's minutes must outlive a loss of supply.</summary>
    public void SaveFees(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, IsActive ? _bill.OccupiedMs : 0);
        LittleEndian.WriteInt64(bytes, offset + 8, IsActive ? Record.ReservationSeconds : 0);
    }

    /// <summary>Reads what <see cref="SaveFees"/> wrote. False: no session has such minutes.</summary>
    public bool TryLoadFees(byte[] bytes, int offset)
    {
        long occupiedMs = LittleEndian.ReadInt64(bytes, offset);
        long reserved = LittleEndian.ReadInt64(bytes, offset + 8);
        if (occupiedMs < 0 || occupiedMs > _bill.ElapsedMs || reserved < 0 || reserved > ReservationSecondsMax)
        {
            return false;
        }

        _bill.OccupiedMs = occupiedMs;
        _bill.Reserve(reserved);
        return true;
    }

    // The session has just ended with the plug in.
    private void BeginStanding()
    {
        bool isBilled = _isFinished && !WasEmpty && !_bill.IsDamaged && EndReason != SessionReason.Fault
            && _tariff.OccupancyFee != null;
        _standing = isBilled ? _bill : null;
        if (isBilled)
        {
            _bill.IsStanding = true;
        }
    }

    private void CountStanding(long elapsedMs)
    {
        if (_standing == null)
        {
            return;
        }

        if (!_isFinished || _standing.OccupiedMs >= StandingMsMax)
        {
            EndStanding();
        }
        else
        {
            _standing.Stand(elapsedMs);
        }
    }

    private void EndStanding()
    {
        if (_standing != null)
        {
            _standing.IsStanding = false;
            _standing = null;
        }
    }

    // The reservation is used by the session that begins.
    private void UseReservation(SessionInputs inputs, byte[] token, int length)
    {
        if (_reservation.IsOpen && length > 0 && _reservation.IsFor(token, length))
        {
            _bill.Reserve(_reservation.KeptSeconds(inputs.NowMs));
        }

        _reservation.End();
    }

    // One that lapsed, or was taken back by command, is a record without energy.
    private void BillUnusedReservation(SessionInputs inputs)
    {
        if (_reservation.IsOpen && !_reservation.Stands(inputs.NowMs))
        {
            _reservedSeconds = _reservation.KeptSeconds(_reservation.UntilMs);
            _reservation.End();
        }

        if (_reservedSeconds == 0)
        {
            return;
        }

        long seconds = _reservedSeconds;
        _reservedSeconds = 0;
        if (_tariff == null || _tariff.ReservationFee == null || _tariff.ReservationFee.CostOf(seconds) == 0)
        {
            return;
        }

        _bill = _finished.Free(null);
        _bill.TryUseTariff(_tariff);
        _bill.Begin(inputs);
        Record.TokenLength = _reservation.CopyToken(Record.Token);
        Record.Number = NextNumber;
        _bill.Reserve(seconds);
        _bill.Complete(SessionReason.NotUsed);
        Close(inputs.NowMs);
    }
}
