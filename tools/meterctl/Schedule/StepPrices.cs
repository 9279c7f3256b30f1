using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Price and local calendar of each step of the file's span.</summary>
public sealed class StepPrices
{
    private readonly IPriceSource _source;
    private readonly int _stepSeconds;
    private readonly int[][] _priceMicros;
    private readonly int[] _slotOfDay;
    private readonly int[] _dayNumber;
    private readonly bool[] _rest;

    /// <param name="firstStep">Step of index 0, counted from 1970 UTC.</param>
    public StepPrices(IPriceSource source, long firstStep, int count, int stepSeconds)
    {
        FirstStep = firstStep;
        _source = source;
        _stepSeconds = stepSeconds;
        _priceMicros = [.. Enumerable.Range(0, source.TierCount).Select(_ => new int[count])];
        _slotOfDay = new int[count];
        _dayNumber = new int[count];
        _rest = new bool[count];
        for (int i = 0; i < count; i++)
        {
            long utc = (firstStep + i) * stepSeconds;
            for (int tier = 0; tier < TierCount; tier++)
            {
                _priceMicros[tier][i] = source.PriceMicrosAt(utc, tier);
            }

            long local = utc + source.OffsetSecondsAt(utc);
            _slotOfDay[i] = (int)(local % 86_400 / stepSeconds);
            _dayNumber[i] = (int)(local / 86_400);
            _rest[i] = source.IsRestDay(_dayNumber[i]);
        }
    }

    public long FirstStep { get; }

    public int Count => _slotOfDay.Length;

    public int TierCount => _priceMicros.Length;

    /// <summary>Millionths of the currency per kWh, in a tier from 0.</summary>
    public int PriceMicros(int index, int tier = 0) => _priceMicros[tier][index];

    /// <summary>UTC second at which a step begins.</summary>
    public long UtcSeconds(int index) => (FirstStep + index) * _stepSeconds;

    /// <summary>An account of the site that begins with the first step, after so much was used in its tier period,
    /// Wh.</summary>
    public TierAccount NewAccount(long usedWattHours) => _source.NewAccount(UtcSeconds(0), usedWattHours);

    public int SlotOfDay(int index) => _slotOfDay[index];

    public int DayNumber(int index) => _dayNumber[index];

    public bool IsRestDay(int index) => _rest[index];
}
