namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Price and local calendar of each step of the file's span.</summary>
public sealed class StepPrices
{
    private readonly int[] _priceMicros;
    private readonly int[] _slotOfDay;
    private readonly int[] _dayNumber;
    private readonly bool[] _rest;

    /// <param name="firstStep">Step of index 0, counted from 1970 UTC.</param>
    public StepPrices(IPriceSource source, long firstStep, int count, int stepSeconds)
    {
        FirstStep = firstStep;
        _priceMicros = new int[count];
        _slotOfDay = new int[count];
        _dayNumber = new int[count];
        _rest = new bool[count];
        for (int i = 0; i < count; i++)
        {
            long utc = (firstStep + i) * stepSeconds;
            _priceMicros[i] = source.PriceMicrosAt(utc);
            long local = utc + source.OffsetSecondsAt(utc);
            _slotOfDay[i] = (int)(local % 86_400 / stepSeconds);
            _dayNumber[i] = (int)(local / 86_400);
            _rest[i] = source.IsRestDay(_dayNumber[i]);
        }
    }

    public long FirstStep { get; }

    public int Count => _priceMicros.Length;

    /// <summary>Millionths of the currency per kWh.</summary>
    public int PriceMicros(int index) => _priceMicros[index];

    public int SlotOfDay(int index) => _slotOfDay[index];

    public int DayNumber(int index) => _dayNumber[index];

    public bool IsRestDay(int index) => _rest[index];
}
