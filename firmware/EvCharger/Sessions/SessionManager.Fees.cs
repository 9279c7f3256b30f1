using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger.Sessions;

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

    // One that is prolonged may last for longer than any single command asks for.
    private const long ReservationSecondsMax = int.MaxValue;

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

    // Minutes of a reservation that is over, and that somebody is to pay.
    private bool OwesReservation(long nowMs)
    {
        MinuteFee fee = _tariff?.ReservationFee;
        bool hasLapsed = _reservation.IsOpen && !_reservation.Stands(nowMs);
        return fee != null && (fee.CostOf(_reservedSeconds) > 0
            || (hasLapsed && fee.CostOf(_reservation.KeptSeconds(nowMs)) > 0));
    }

    // One that lapsed, or was taken back by command, is a record without energy, once a bill is free for it.
    private void BillUnusedReservation(SessionInputs inputs)
    {
        bool owes = OwesReservation(inputs.NowMs);
        if (owes && _finished.IsFull)
        {
            return;
        }

        if (_reservation.IsOpen && !_reservation.Stands(inputs.NowMs))
        {
            _reservedSeconds = _reservation.KeptSeconds(inputs.NowMs);
            _reservation.End();
        }

        long seconds = _reservedSeconds;
        _reservedSeconds = 0;
        if (!owes)
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
