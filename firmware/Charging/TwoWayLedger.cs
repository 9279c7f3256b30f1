using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>Settles a session's energy of both directions by the price that held: whole Wh with the rest carried, money
/// in millionths. Import costs, export earns; the two are never netted.</summary>
public sealed class TwoWayLedger
{
    private const long WattHoursMax = 1_000_000_000;
    private const int CountBytes = 4;
    private const int LineBytes = 40;

    private readonly int[] _importPrice;
    private readonly int[] _exportPrice;
    private readonly long[] _importWattHours;
    private readonly long[] _exportWattHours;
    private readonly long[] _importRest;
    private readonly long[] _exportRest;

    /// <param name="pricesMax">Different pairs of prices in one session.</param>
    public TwoWayLedger(int pricesMax)
    {
        _importPrice = new int[pricesMax];
        _exportPrice = new int[pricesMax];
        _importWattHours = new long[pricesMax];
        _exportWattHours = new long[pricesMax];
        _importRest = new long[pricesMax];
        _exportRest = new long[pricesMax];
    }

    /// <summary>Pairs of prices seen.</summary>
    public int Count { get; private set; }

    public int ImportPriceOf(int line) => _importPrice[line];

    public int ExportPriceOf(int line) => _exportPrice[line];

    public long ImportWattHoursOf(int line) => _importWattHours[line];

    public long ExportWattHoursOf(int line) => _exportWattHours[line];

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public static int SavedBytesOf(int pricesMax) => CountBytes + pricesMax * LineBytes;

    public void Clear() => Count = 0;

    public void Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt32(bytes, offset, Count);
        for (int line = 0; line < Count; line++)
        {
            int at = offset + CountBytes + line * LineBytes;
            LittleEndian.WriteInt32(bytes, at, _importPrice[line]);
            LittleEndian.WriteInt32(bytes, at + 4, _exportPrice[line]);
            LittleEndian.WriteInt64(bytes, at + 8, _importWattHours[line]);
            LittleEndian.WriteInt64(bytes, at + 16, _exportWattHours[line]);
            LittleEndian.WriteInt64(bytes, at + 24, _importRest[line]);
            LittleEndian.WriteInt64(bytes, at + 32, _exportRest[line]);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: more lines than there are, or an energy that no session
    /// has; then none is there.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        int count = LittleEndian.ReadInt32(bytes, offset);
        Count = count < 0 || count > _importPrice.Length ? 0 : count;
        bool isPossible = Count == count;
        for (int line = 0; line < Count; line++)
        {
            int at = offset + CountBytes + line * LineBytes;
            _importPrice[line] = LittleEndian.ReadInt32(bytes, at);
            _exportPrice[line] = LittleEndian.ReadInt32(bytes, at + 4);
            _importWattHours[line] = LittleEndian.ReadInt64(bytes, at + 8);
            _exportWattHours[line] = LittleEndian.ReadInt64(bytes, at + 16);
            _importRest[line] = LittleEndian.ReadInt64(bytes, at + 24);
            _exportRest[line] = LittleEndian.ReadInt64(bytes, at + 32);
            isPossible &= IsEnergy(_importWattHours[line], _importRest[line])
                && IsEnergy(_exportWattHours[line], _exportRest[line]);
        }

        Count = isPossible ? Count : 0;
        return isPossible;
    }

    private static bool IsEnergy(long wattHours, long rest) =>
        wattHours >= 0 && wattHours <= WattHoursMax && rest >= 0 && rest < Scaling.MicrojoulesPerWattHour;

    /// <summary>Adds energy at a pair of prices in millionths per kWh. False: no line is left, nothing was
    /// added.</summary>
    /// <param name="microjoules">Above 0 = into the vehicle, below 0 = out of it.</param>
    public bool TryAdd(long microjoules, int importPriceMicros, int exportPriceMicros)
    {
        int line = 0;
        while (line < Count && (_importPrice[line] != importPriceMicros || _exportPrice[line] != exportPriceMicros))
        {
            line++;
        }

        if (line == _importPrice.Length)
        {
            return false;
        }

        if (line == Count)
        {
            _importPrice[line] = importPriceMicros;
            _exportPrice[line] = exportPriceMicros;
            _importWattHours[line] = 0;
            _exportWattHours[line] = 0;
            _importRest[line] = 0;
            _exportRest[line] = 0;
            Count++;
        }

        if (microjoules >= 0)
        {
            long all = _importRest[line] + microjoules;
            _importWattHours[line] += all / Scaling.MicrojoulesPerWattHour;
            _importRest[line] = all % Scaling.MicrojoulesPerWattHour;
        }
        else
        {
            long all = _exportRest[line] - microjoules;
            _exportWattHours[line] += all / Scaling.MicrojoulesPerWattHour;
            _exportRest[line] = all % Scaling.MicrojoulesPerWattHour;
        }

        return true;
    }

    /// <summary>What was drawn, millionths of the currency; each line rounded half away from zero once.</summary>
    public long ImportCostMicros() => Sum(_importWattHours, _importPrice);

    /// <summary>What the energy given back earns.</summary>
    public long ExportEarningMicros() => Sum(_exportWattHours, _exportPrice);

    private long Sum(long[] wattHours, int[] price)
    {
        long sum = 0;
        for (int line = 0; line < Count; line++)
        {
            long thousandfold = wattHours[line] * price[line];
            sum += (thousandfold + (thousandfold < 0 ? -500 : 500)) / 1000;
        }

        return sum;
    }
}
