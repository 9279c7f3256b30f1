using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// A prepaid balance in ten-thousandths of the currency. What the cost registers grow by is taken off it, so that
/// top-ups minus bills equals the balance to the last place. It only says whether supply is allowed; opening the relay
/// is the product's.
/// </summary>
public sealed class PrepaymentAccount
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int StateBytes = 8 + 8 + 4 + 1;

    /// <summary>Largest balance and largest level: 10^12 of the currency.</summary>
    public const long AmountMax = 10_000_000_000_000_000;

    private long _alarm1;
    private long _alarm2;
    private long _creditLimit;
    private long _reconnectAbove;
    private long _lastTotal;
    private bool _isExhausted;

    /// <summary>Balance in ten-thousandths of the currency, below 0 on credit.</summary>
    public long Balance { get; private set; }

    /// <summary>Number of the last top-up that was booked, 0 before the first.</summary>
    public int LastTopUp { get; private set; }

    /// <summary>False while the credit limit is used up.</summary>
    public bool IsSupplyAllowed => !_isExhausted;

    public PrepaymentState State =>
        _isExhausted ? PrepaymentState.Exhausted
        : Balance <= 0 ? PrepaymentState.OnCredit
        : Balance <= _alarm2 ? PrepaymentState.Alarm2
        : Balance <= _alarm1 ? PrepaymentState.Alarm1
        : PrepaymentState.Normal;

    /// <summary>
    /// Levels in ten-thousandths: alarm1 ≥ alarm2 ≥ 0, credit limit ≥ 0 (how far below 0 supply goes on), and the
    /// balance that must be passed before supply returns, not below −credit limit. False changes nothing.
    /// </summary>
    public bool TryConfigure(long alarm1, long alarm2, long creditLimit, long reconnectAbove, out string error)
    {
        error = LevelError(alarm1, alarm2, creditLimit, reconnectAbove);
        if (error != null)
        {
            return false;
        }

        _alarm1 = alarm1;
        _alarm2 = alarm2;
        _creditLimit = creditLimit;
        _reconnectAbove = reconnectAbove;
        Judge();
        return true;
    }

    /// <summary>Whether <see cref="TryConfigure"/> would take these levels.</summary>
    public static bool AreLevels(long alarm1, long alarm2, long creditLimit, long reconnectAbove) =>
        LevelError(alarm1, alarm2, creditLimit, reconnectAbove) == null;

    /// <summary>Books a top-up. Its number must be the last one's plus 1: a message that comes twice is booked once, a
    /// lost one is noticed. False changes nothing.</summary>
    public bool TryTopUp(int number, long amount, out string error)
    {
        error = null;
        if (number != LastTopUp + 1)
        {
            error = "prepayment: top-up " + number.ToString() + ", expected " + (LastTopUp + 1).ToString();
        }
        else if (amount <= 0 || amount > AmountMax || Balance > AmountMax - amount)
        {
            error = "prepayment: amount out of range";
        }

        if (error != null)
        {
            return false;
        }

        LastTopUp = number;
        Balance += amount;
        Judge();
        return true;
    }

    /// <summary>Takes off what the bill grew by since the last call; <see cref="CostRegister.TotalEver"/> is the
    /// argument. A total that fell (negative day-ahead prices) gives back.</summary>
    public void Charge(long billTotal)
    {
        Balance -= billTotal - _lastTotal;
        _lastTotal = billTotal;
        Judge();
    }

    /// <summary>What was billed before the account was opened is not charged.</summary>
    public void StartFrom(long billTotal) => _lastTotal = billTotal;

    /// <summary>Writes what must outlive a power loss; the levels are settings.</summary>
    public void Save(byte[] target, int offset)
    {
        LittleEndian.WriteInt64(target, offset, Balance);
        LittleEndian.WriteInt64(target, offset + 8, _lastTotal);
        LittleEndian.WriteInt32(target, offset + 16, LastTopUp);
        target[offset + 20] = (byte)(_isExhausted ? 1 : 0);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, together with the registers of the same moment. False, and nothing
    /// changes, when it cannot be.</summary>
    public bool TryLoad(byte[] source, int offset)
    {
        long balance = LittleEndian.ReadInt64(source, offset);
        int lastTopUp = LittleEndian.ReadInt32(source, offset + 16);
        if (balance > AmountMax || balance < -2 * AmountMax || lastTopUp < 0 || source[offset + 20] > 1)
        {
            return false;
        }

        Balance = balance;
        _lastTotal = LittleEndian.ReadInt64(source, offset + 8);
        LastTopUp = lastTopUp;
        _isExhausted = source[offset + 20] == 1;
        return true;
    }

    private static string LevelError(long alarm1, long alarm2, long creditLimit, long reconnectAbove)
    {
        if (alarm2 < 0 || alarm1 < alarm2 || alarm1 > AmountMax)
        {
            return "prepayment: expected alarm 1 ≥ alarm 2 ≥ 0";
        }

        if (creditLimit < 0 || creditLimit > AmountMax)
        {
            return "prepayment: credit limit out of range";
        }

        return reconnectAbove < -creditLimit || reconnectAbove > AmountMax
            ? "prepayment: reconnect level below the credit limit" : null;
    }

    private void Judge()
    {
        if (Balance <= -_creditLimit)
        {
            _isExhausted = true;
        }
        else if (Balance > _reconnectAbove)
        {
            _isExhausted = false;
        }
    }
}
