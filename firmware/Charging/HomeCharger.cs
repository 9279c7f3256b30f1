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
    private int _priceSlot = -1;
    private int _price;
    private int _priceBefore;
    private int _stepSlot;
    private int _delaySeconds;
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

    /// <summary>Seconds from the decided slot's start at which charging may begin; 0 = at once. In the last slot of a
    /// delay there is an offer already: who can wait for it starts within the slot, not on its edge.</summary>
    public int StartSeconds { get; private set; }

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
        _planner.SetCapacity(limitMilliamps * Connectors.PhaseCountOf(0), _unlimited, Connectors.PhaseCountOf(0),
            limitMilliamps);
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
        int wait = DelayLeft(_nowSlot, _dayNumber);
        StartSeconds = wanted > 0 ? wait : 0;
        bool pauses = wanted == 0 || _limitMilliamps < Connectors.MilliampsMin || wait >= _slotSeconds;
        Connectors.OfferMilliamps[0] = pauses ? 0 : wanted < _limitMilliamps ? wanted : _limitMilliamps;
        return true;
    }

    // Seconds from the slot's start until the delay ends.
    private int DelayLeft(int nowSlot, int dayNumber)
    {
        int price = Prices.At(nowSlot);
        if (nowSlot != _priceSlot)
        {
            // The ring of prices has no room for the slot before this one. Who came within this slot met no step.
            _priceBefore = nowSlot == _priceSlot + 1 ? _price : price;
            _priceSlot = nowSlot;
            _price = price;
        }

        if (Connectors.ForcedNow[0] || Connectors.SkipsPlan[0] || Connectors.DepartureSlot[0] <= nowSlot)
        {
            return 0;
        }

        bool isStep = _priceBefore > price;
        if (isStep && (!_isDelayed || _delayedPrice != price || nowSlot > _stepSlot + _delaySeconds / _slotSeconds))
        {
            _isDelayed = true;
            _delayedPrice = price;
            _stepSlot = nowSlot;
            _delaySeconds = _spreader.DelaySeconds(dayNumber, SlackSlots(nowSlot, price) * _slotSeconds);
        }

        _isDelayed = _isDelayed && price == _delayedPrice;
        int left = _delaySeconds - (nowSlot - _stepSlot) * _slotSeconds;
        return _isDelayed && left > 0 ? left : 0;
    }

    // Slots that the session can lose and still be served before this price ends.
    private int SlackSlots(int nowSlot, int price)
    {
        int slots = 0;
        while (slots < Prices.Slots && nowSlot + slots < Connectors.DepartureSlot[0]
            && Prices.At(nowSlot + slots) <= price)
        {
            slots++;
        }

        int rate = Connectors.MilliampsMax[0];
        int needed = rate > 0 ? (Connectors.RemainingMilliampSlots[0] + rate - 1) / rate : 0;
        return slots > needed ? slots - needed : 0;
    }
}
