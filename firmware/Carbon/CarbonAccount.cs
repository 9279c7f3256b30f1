using MeterFirmware.Basics;
using MeterFirmware.Metering;

namespace MeterFirmware.Carbon;

/// <summary>
/// CO2 of the imported energy by rate since the last settlement. At every grid instant (and when the calendar was
/// set) the energy since the one before is
/// taken at the factor of its beginning (the grid divides a quarter hour). Mass is whole mg and a remainder in 10^-9
/// mg, so nothing is rounded away. Uncertainty (k = 2): the factor's and the meter's parts are each fully correlated in
/// time and add up linearly; both together are the root of the sum of squares.
/// </summary>
public sealed class CarbonAccount
{
    // mWh × µg/kWh = 10^-9 mg.
    private const long PartsPerMilligram = 1_000_000_000;
    private const int MilliwattHoursPerKwh = 1_000_000;

    private readonly EmissionFactors _factors;
    private readonly CarbonBudget _budget;
    private readonly long[] _milligrams;
    private readonly long[] _parts;
    private readonly long[] _lastMilliwattHours;
    // Thousandths of a mg.
    private long _covered;
    private long _factorUncertainty;

    private long _milliwattHours;
    private int _factor;
    private int _factorPermille;
    private Meter _meter;

    public CarbonAccount(int rateCount, EmissionFactors factors, CarbonBudget budget)
    {
        _factors = factors;
        _budget = budget;
        _milligrams = new long[rateCount];
        _parts = new long[rateCount];
        _lastMilliwattHours = new long[rateCount];
        SavedBytes = SavedBytesOf(rateCount);
    }

    /// <summary>Share of the energy that green certificates cover from now on, permille.</summary>
    public int GreenPermille { get; set; }

    /// <summary>Expanded uncertainty of the energy in millionths of it, from the calibration record; 1 % until there is
    /// one.</summary>
    public int EnergyUncertaintyMillionths { get; set; } = 10_000;

    public int SavedBytes { get; }

    public long Milligrams(int rate) => _milligrams[rate];

    /// <summary>What certificates cover, mg.</summary>
    public long CoveredMilligrams => _covered / 1000;

    /// <summary>CO2 since the last settlement, mg, certificates not counted.</summary>
    public long TotalMilligrams
    {
        get
        {
            long sum = 0;
            for (int rate = 0; rate < _milligrams.Length; rate++)
            {
                sum += _milligrams[rate];
            }

            return sum;
        }
    }

    /// <summary>Mean of the period, µg/kWh, certificates not counted; 0 without energy.</summary>
    public long IntensityMicrogramsPerKwh =>
        _milliwattHours < 1000 ? 0 : TotalMilligrams * 1000 / (_milliwattHours / 1000) * 1000;

    /// <summary>Expanded uncertainty of the total (k = 2), mg.</summary>
    public long UncertaintyMilligrams
    {
        get
        {
            long energy = TotalMilligrams / MilliwattHoursPerKwh * EnergyUncertaintyMillionths
                + TotalMilligrams % MilliwattHoursPerKwh * EnergyUncertaintyMillionths / MilliwattHoursPerKwh;
            return RootOfSquares(energy, _factorUncertainty / 1000);
        }
    }

    public void Attach(Meter meter)
    {
        _meter = meter;
        for (int rate = 0; rate < _milligrams.Length; rate++)
        {
            _lastMilliwattHours[rate] = MilliwattHours(rate);
        }

        // Until there is a calendar.
        _factor = _factors.At(0, out _factorPermille);
    }

    /// <summary>Once after <see cref="Load"/>: what the registers have gone on by since (records of the log proved it)
    /// is of the time behind the checkpoint.</summary>
    /// <param name="localSeconds">Local second up to which energy was booked when it was saved.</param>
    public void Resume(long localSeconds)
    {
        _factor = _factors.At(localSeconds, out _factorPermille);
        Book();
    }

    /// <summary>Books the energy since the last call, then takes the factor of the instant for what comes.</summary>
    public void OnGrid(long utcSeconds)
    {
        Book();
        _factor = _factors.At(utcSeconds + _meter.OffsetSeconds, out _factorPermille);
    }

    /// <summary>Compares with the budget; true when a warning level was newly reached.</summary>
    public bool TryWarn(out int which, out int level, out long reached, out long allowed) =>
        _budget.TryWarn(TotalMilligrams - CoveredMilligrams, IntensityMicrogramsPerKwh, _milliwattHours, out which,
            out level,
            out reached, out allowed);

    /// <summary>Begins a settlement period.</summary>
    public void Clear()
    {
        for (int rate = 0; rate < _milligrams.Length; rate++)
        {
            _milligrams[rate] = 0;
        }

        _covered = 0;
        _factorUncertainty = 0;
        _milliwattHours = 0;
        _budget.Clear();
    }

    /// <summary>Writes <see cref="SavedBytes"/> bytes; all energy up to now is booked first.</summary>
    public void Save(byte[] bytes, int offset)
    {
        Book();
        for (int rate = 0; rate < _milligrams.Length; rate++, offset += 24)
        {
            LittleEndian.WriteInt64(bytes, offset, _milligrams[rate]);
            LittleEndian.WriteInt64(bytes, offset + 8, _parts[rate]);
            LittleEndian.WriteInt64(bytes, offset + 16, _lastMilliwattHours[rate]);
        }

        LittleEndian.WriteInt64(bytes, offset, _covered);
        LittleEndian.WriteInt64(bytes, offset + 8, _factorUncertainty);
        LittleEndian.WriteInt64(bytes, offset + 16, _milliwattHours);
    }

    /// <summary>Bytes that an account of so many rates saves.</summary>
    public static int SavedBytesOf(int rates) => 24 * rates + 24;

    /// <summary>Reads what an account of perhaps other rates saved; those that fit are taken.</summary>
    public void Load(byte[] bytes, int offset, int rates)
    {
        for (int rate = 0; rate < rates; rate++, offset += 24)
        {
            if (rate < _milligrams.Length)
            {
                _milligrams[rate] = LittleEndian.ReadInt64(bytes, offset);
                _parts[rate] = LittleEndian.ReadInt64(bytes, offset + 8);
                _lastMilliwattHours[rate] = LittleEndian.ReadInt64(bytes, offset + 16);
            }
        }

        _covered = LittleEndian.ReadInt64(bytes, offset);
        _factorUncertainty = LittleEndian.ReadInt64(bytes, offset + 8);
        _milliwattHours = LittleEndian.ReadInt64(bytes, offset + 16);
    }

    private void Book()
    {
        for (int rate = 0; rate < _milligrams.Length; rate++)
        {
            long now = MilliwattHours(rate);
            long energy = now - _lastMilliwattHours[rate];
            if (energy <= 0)
            {
                continue;
            }

            _lastMilliwattHours[rate] = now;
            _milliwattHours += energy;

            // kWh and the rest apart: the product of both alone could overflow.
            long whole = energy / MilliwattHoursPerKwh * _factor;
            long parts = _parts[rate] + whole % 1000 * 1_000_000 + energy % MilliwattHoursPerKwh * _factor;
            long mass = whole / 1000 + parts / PartsPerMilligram;
            _parts[rate] = parts % PartsPerMilligram;
            _milligrams[rate] += mass;
            _covered += mass * GreenPermille;
            _factorUncertainty += mass * _factorPermille;
        }
    }

    /// <summary>A rate's import register in mWh: differences of the truncated value add up to the register.</summary>
    private long MilliwattHours(int rate) => _meter.Registers.RateWattHours(EnergyKind.Import, rate) * 1000
        + _meter.Registers.RateRemainder(EnergyKind.Import, rate) / 3_600_000;

    private static long RootOfSquares(long a, long b)
    {
        int shift = 0;
        while ((a | b) >> shift > 1_000_000_000)
        {
            shift++;
        }

        a >>= shift;
        b >>= shift;
        long square = a * a + b * b;
        long root = 0;
        for (long bit = 1L << 31; bit > 0; bit >>= 1)
        {
            if ((root + bit) * (root + bit) <= square)
            {
                root += bit;
            }
        }

        return root << shift;
    }
}
