namespace MeterFirmware.Charging;

/// <summary>Settles a session's energy of both directions by the price that held: whole Wh with the rest carried, money
/// in millionths. Import costs, export earns; the two are never netted.</summary>
public sealed class TwoWayLedger
{
    private const long MicrojoulesPerWattHour = 3_600_000_000;

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

    public void Clear() => Count = 0;

    /// <summary>Adds energy at a pair of prices in millionths per kWh. False: no line is left, nothing was added.</summary>
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
            _importWattHours[line] += all / MicrojoulesPerWattHour;
            _importRest[line] = all % MicrojoulesPerWattHour;
        }
        else
        {
            long all = _exportRest[line] - microjoules;
            _exportWattHours[line] += all / MicrojoulesPerWattHour;
            _exportRest[line] = all % MicrojoulesPerWattHour;
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
