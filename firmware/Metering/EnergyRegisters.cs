using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Metering;

/// <summary>
/// The billing registers: for every <see cref="EnergyKind"/> a total, one per phase and one per rate, each accumulated
/// on its own (never the sum of the others: facts, "totals"). A register is whole Wh (varh) plus a remainder in µJ
/// (µvar·s), so that nothing is ever rounded away and nothing overflows.
/// </summary>
public sealed class EnergyRegisters
{

    /// <summary>The display shows XXXXXX.XX kWh and wraps here (DL/T 645 DI 00 01 …); the register itself goes
    /// on.</summary>
    public const long DisplayWrapWattHours = 1_000_000_000;

    private const int TotalSlot = 0;
    private const int FirstPhaseSlot = 1;
    private const int FirstRateSlot = FirstPhaseSlot + Hardware.Measurement.PhaseCountMax;

    private readonly int _slots;
    private readonly long[] _wattHours;
    private readonly uint[] _remainders;

    /// <param name="rateCount">Rates of the tariff, 1 to 63.</param>
    public EnergyRegisters(int rateCount)
    {
        Invariant.Require(rateCount >= 1 && rateCount <= TariffLimits.RateCountMax, "A meter has 1 to 63 rates.");
        RateCount = rateCount;
        _slots = FirstRateSlot + rateCount;
        _wattHours = new long[_slots * EnergyKind.Count];
        _remainders = new uint[_slots * EnergyKind.Count];
    }

    public int RateCount { get; }

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public int SavedBytes => SavedBytesOf(RateCount);

    /// <summary>The same for registers of so many rates.</summary>
    public static int SavedBytesOf(int rates) => (FirstRateSlot + rates) * EnergyKind.Count * 16;

    public long TotalWattHours(int kind) => _wattHours[kind * _slots + TotalSlot];

    public long TotalRemainder(int kind) => _remainders[kind * _slots + TotalSlot];

    public long PhaseWattHours(int kind, int phase) => _wattHours[kind * _slots + FirstPhaseSlot + phase];

    public long PhaseRemainder(int kind, int phase) => _remainders[kind * _slots + FirstPhaseSlot + phase];

    public long RateWattHours(int kind, int rate) => _wattHours[kind * _slots + FirstRateSlot + rate];

    public long RateRemainder(int kind, int rate) => _remainders[kind * _slots + FirstRateSlot + rate];

    /// <summary>Total rounded to the nearest Wh, for telemetry and tools (the display truncates).</summary>
    public long TotalRounded(int kind) => Rounded(TotalWattHours(kind), TotalRemainder(kind));

    /// <summary>A rate's register rounded to the nearest Wh.</summary>
    public long RateRounded(int kind, int rate) => Rounded(RateWattHours(kind, rate), RateRemainder(kind, rate));

    /// <summary>What the six-digit display shows, in hundredths of a kWh: truncated, wrapped at 1 000 000
    /// kWh.</summary>
    public static long DisplayHundredths(long wattHours) => wattHours % DisplayWrapWattHours / 10;

    /// <summary>Adds energy to the total and the rate's register.</summary>
    /// <param name="kind">An <see cref="EnergyKind"/>.</param>
    /// <param name="rate">0 to RateCount − 1.</param>
    /// <param name="amount">µJ or µvar·s, 0 or above.</param>
    public void AddTotal(int kind, int rate, long amount)
    {
        int row = kind * _slots;
        Add(row + TotalSlot, amount);
        Add(row + FirstRateSlot + rate, amount);
    }

    /// <summary>Adds energy to a phase's register; amount in µJ or µvar·s, 0 or above.</summary>
    public void AddPhase(int kind, int phase, long amount) => Add(kind * _slots + FirstPhaseSlot + phase, amount);

    /// <summary>Writes all registers, low byte first.</summary>
    public int Save(byte[] bytes, int offset)
    {
        for (int i = 0; i < _wattHours.Length; i++)
        {
            LittleEndian.WriteInt64(bytes, offset, _wattHours[i]);
            LittleEndian.WriteInt64(bytes, offset + 8, _remainders[i]);
            offset += 16;
        }

        return offset;
    }

    /// <summary>Reads what <see cref="Save"/> wrote; the caller has checked the length and the CRC. Of registers with
    /// more rates than these the rates that fit are taken, and the totals whole.</summary>
    /// <param name="bytes">Holds them from <paramref name="offset"/> on.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="rates">Rates that were saved.</param>
    public int Load(byte[] bytes, int offset, int rates)
    {
        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            for (int slot = 0; slot < FirstRateSlot + rates; slot++, offset += 16)
            {
                if (slot < _slots)
                {
                    _wattHours[kind * _slots + slot] = LittleEndian.ReadInt64(bytes, offset);
                    _remainders[kind * _slots + slot] = (uint)LittleEndian.ReadInt64(bytes, offset + 8);
                }
            }
        }

        return offset;
    }

    private static long Rounded(long wattHours, long remainder) =>
        remainder >= Scaling.MicrojoulesPerWattHour / 2 ? wattHours + 1 : wattHours;

    private void Add(int index, long amount)
    {
        // Carry the remainder: truncating every tick would under-bill.
        long sum = _remainders[index] + amount;
        if (sum >= Scaling.MicrojoulesPerWattHour)
        {
            long whole = sum / Scaling.MicrojoulesPerWattHour;
            _wattHours[index] += whole;
            sum -= whole * Scaling.MicrojoulesPerWattHour;
        }

        _remainders[index] = (uint)sum;
    }
}
