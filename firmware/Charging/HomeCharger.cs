using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// One charger at a home without a leader: the planner for a single connector, and after a step to a cheaper price a
/// start at a time of its own (<see cref="StartSpreader"/>), so that neighbours do not start together.
/// </summary>
public sealed class HomeCharger
{
    private readonly ChargePlanner _planner;
    private readonly StartSpreader _spreader;
    private readonly int[] _unlimited = new int[3];
    private readonly int _slotSeconds;
    private int _startSlot;
    private int _delayedPrice;
    private bool _isDelayed;

    public HomeCharger(StartSpreader spreader, int slotSeconds)
    {
        _spreader = spreader;
        _slotSeconds = slotSeconds;
        int slots = CivilTime.SecondsPerDay / slotSeconds;
        Connectors = new Connectors(1);
        Prices = new PriceHorizon(slots);
        _planner = new ChargePlanner(Connectors, Prices, new ArrivalProfile(slots));
    }

    /// <summary>The one connector: plug in, remaining energy, boost.</summary>
    public Connectors Connectors { get; }

    public PriceHorizon Prices { get; }

    /// <summary>Decides a slot: mA a phase, 0 or at least 6 A.</summary>
    /// <param name="dayNumber">Local days since 1970-01-01.</param>
    public int Decide(int nowSlot, int slotOfDay, int dayNumber, int limitMilliamps)
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _unlimited[phase] = limitMilliamps;
        }

        _planner.SetCapacity(limitMilliamps * Connectors.PhaseCountOf(0), _unlimited, Connectors.PhaseCountOf(0), limitMilliamps);
        _planner.Begin(nowSlot, slotOfDay, false, false);
        while (!_planner.Step(int.MaxValue))
        {
        }

        int wanted = Connectors.WantedMilliamps[0];
        if (wanted == 0 || limitMilliamps < Connectors.MilliampsMin || IsWaiting(nowSlot, dayNumber))
        {
            return 0;
        }

        return wanted < limitMilliamps ? wanted : limitMilliamps;
    }

    private bool IsWaiting(int nowSlot, int dayNumber)
    {
        if (Connectors.ForcedNow[0] || Connectors.SkipsPlan[0] || Connectors.DepartureSlot[0] <= nowSlot)
        {
            return false;
        }

        int price = Prices.At(nowSlot);
        bool isStep = Prices.IsKnown(nowSlot - 1) && Prices.At(nowSlot - 1) > price;
        if (isStep && (!_isDelayed || _delayedPrice != price || nowSlot > _startSlot))
        {
            _isDelayed = true;
            _delayedPrice = price;
            _startSlot = nowSlot + _spreader.DelaySeconds(dayNumber, SlackSlots(nowSlot, price) * _slotSeconds) / _slotSeconds;
        }

        _isDelayed = _isDelayed && price == _delayedPrice;
        return _isDelayed && nowSlot < _startSlot;
    }

    // Slots that the session can lose and still be served before this price ends.
    private int SlackSlots(int nowSlot, int price)
    {
        int slots = 0;
        while (slots < Prices.Slots && nowSlot + slots < Connectors.DepartureSlot[0] && Prices.At(nowSlot + slots) <= price)
        {
            slots++;
        }

        int rate = Connectors.MilliampsMax[0];
        int needed = rate > 0 ? (Connectors.RemainingMilliampSlots[0] + rate - 1) / rate : 0;
        return slots > needed ? slots - needed : 0;
    }
}
