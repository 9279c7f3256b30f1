using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>What the plan is for a connector and why, as text for MQTT and as a pattern for the LED.</summary>
public sealed class PlanReport
{
    private readonly Connectors _connectors;
    private readonly PriceHorizon _prices;
    private readonly int _slotSeconds;
    private readonly PlanText _text = new PlanText();

    public PlanReport(Connectors connectors, PriceHorizon prices, int slotSeconds)
    {
        _connectors = connectors;
        _prices = prices;
        _slotSeconds = slotSeconds;
    }

    /// <summary>What a connector does and why.</summary>
    public PlanReason ReasonOf(int connector, int nowSlot) =>
        ReasonOf(connector, nowSlot, IsWaiting(connector) ? NextCheaperSlot(connector, nowSlot) : nowSlot);

    /// <summary>The same for a caller that keeps <see cref="NextCheaperSlot"/>.</summary>
    public PlanReason ReasonOf(int connector, int nowSlot, int cheaperSlot)
    {
        if (!_connectors.IsPluggedIn[connector])
        {
            return PlanReason.Empty;
        }

        if (_connectors.RemainingMilliampSlots[connector] <= 0)
        {
            return PlanReason.Served;
        }

        if (_connectors.OfferMilliamps[connector] > 0)
        {
            return _connectors.ForcedNow[connector] ? PlanReason.Boost
                : _connectors.DepartureSlot[connector] <= nowSlot ? PlanReason.Late : PlanReason.Charging;
        }

        // Where nothing cheaper comes, others come first at this price.
        return IsWaiting(connector) && cheaperSlot > nowSlot
            ? PlanReason.WaitingForPrice : PlanReason.WaitingForCapacity;
    }

    /// <summary>First slot cheaper than now and before departure; now when there is none.</summary>
    public int NextCheaperSlot(int connector, int nowSlot)
    {
        int end = _connectors.DepartureSlot[connector];
        end = end < nowSlot + _prices.Slots ? end : nowSlot + _prices.Slots;
        for (int slot = nowSlot + 1; slot < end; slot++)
        {
            if (_prices.IsKnown(slot) && _prices.At(slot) < _prices.At(nowSlot))
            {
                return slot;
            }
        }

        return nowSlot;
    }

    /// <summary>Slot in which the session would be served if it charged from a slot on at full current.</summary>
    public int ReadySlot(int connector, int fromSlot)
    {
        int rate = _connectors.RateOf(connector);
        return rate <= 0 ? fromSlot : fromSlot + (_connectors.RemainingMilliampSlots[connector] + rate - 1) / rate;
    }

    /// <summary>One line, e.g. "waiting for 00:00, price 0.3500; ready 06:40 at the latest".</summary>
    /// <param name="slotZeroUtc">UTC second at which slot 0 begins.</param>
    public void Write(ByteTextWriter writer, int connector, int nowSlot, long slotZeroUtc, int offsetSeconds)
    {
        PlanReason reason = ReasonOf(connector, nowSlot);
        int start = reason == PlanReason.WaitingForPrice ? NextCheaperSlot(connector, nowSlot) : nowSlot;
        bool waits = reason == PlanReason.WaitingForPrice || reason == PlanReason.WaitingForCapacity;
        int ready = waits ? _connectors.DepartureSlot[connector] : ReadySlot(connector, nowSlot);
        long zero = slotZeroUtc + offsetSeconds;
        _text.Write(
            writer, reason, zero + (long)start * _slotSeconds, _prices.At(start), zero + (long)ready * _slotSeconds,
            _connectors.OfferMilliamps[connector]);
    }

    private bool IsWaiting(int connector) => _connectors.IsPluggedIn[connector]
        && _connectors.OfferMilliamps[connector] == 0 && _connectors.WantedMilliamps[connector] == 0;
}
