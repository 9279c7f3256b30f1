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
    private int _nowSlot;
    private int _dayNumber;
    private int _limitMilliamps;
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
        Report = new PlanReport(Connectors, Prices, slotSeconds);
    }

    /// <summary>The one connector: plug in, remaining energy, boost.</summary>
    public Connectors Connectors { get; }

    public PriceHorizon Prices { get; }

    /// <summary>What the driver is told: why it waits or charges, and when it will be ready.</summary>
    public PlanReport Report { get; }

    /// <summary>The driver wants to charge now, whatever the price, until the vehicle leaves.</summary>
    public void Boost(bool isOn) => Connectors.ForcedNow[0] = isOn;

    /// <summary>The driver skips the plan in this session only: the next one is planned again.</summary>
    public void SkipOnce() => Connectors.SkipsPlan[0] = Connectors.IsPluggedIn[0];

    /// <summary>Decides a slot at once: mA a phase, 0 or at least 6 A. A device takes <see cref="Begin"/> and
    /// <see cref="Step"/> instead.</summary>
    public int Decide(int nowSlot, int slotOfDay, int dayNumber, int limitMilliamps)
    {
        Begin(nowSlot, slotOfDay, dayNumber, limitMilliamps);
        while (!Step(int.MaxValue))
        {
        }

        return Connectors.OfferMilliamps[0];
    }

    /// <summary>Starts a decision.</summary>
    /// <param name="dayNumber">Local days since 1970-01-01.</param>
    public void Begin(int nowSlot, int slotOfDay, int dayNumber, int limitMilliamps)
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _unlimited[phase] = limitMilliamps;
        }

        _nowSlot = nowSlot;
        _dayNumber = dayNumber;
        _limitMilliamps = limitMilliamps;
        _planner.SetCapacity(limitMilliamps * Connectors.PhaseCountOf(0), _unlimited, Connectors.PhaseCountOf(0), limitMilliamps);
        _planner.Begin(nowSlot, slotOfDay, false, false);
    }

    /// <summary>Plays at most a number of slots; true when the offer stands in <see cref="Connectors"/>.</summary>
    public bool Step(int slotsMax)
    {
        if (!_planner.Step(slotsMax))
        {
            return false;
        }

        int wanted = Connectors.WantedMilliamps[0];
        bool pauses = wanted == 0 || _limitMilliamps < Connectors.MilliampsMin || IsWaiting(_nowSlot, _dayNumber);
        Connectors.OfferMilliamps[0] = pauses ? 0 : wanted < _limitMilliamps ? wanted : _limitMilliamps;
        return true;
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
