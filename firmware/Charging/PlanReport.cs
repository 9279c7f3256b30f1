using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>Tells a driver what the plan is and why, as text for MQTT and as a pattern for the LED.</summary>
public sealed class PlanReport
{
    private readonly Connectors _connectors;
    private readonly PriceHorizon _prices;
    private readonly int _slotSeconds;
    private readonly CivilTime _time = new CivilTime();

    public PlanReport(Connectors connectors, PriceHorizon prices, int slotSeconds)
    {
        _connectors = connectors;
        _prices = prices;
        _slotSeconds = slotSeconds;
    }

    /// <summary>What a connector does and why.</summary>
    public PlanReason ReasonOf(int connector, int nowSlot)
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

        return _connectors.WantedMilliamps[connector] > 0 ? PlanReason.WaitingForCapacity : PlanReason.WaitingForPrice;
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
        int rate = _connectors.MilliampsMax[connector];
        return rate <= 0 ? fromSlot : fromSlot + (_connectors.RemainingMilliampSlots[connector] + rate - 1) / rate;
    }

    /// <summary>One line, e.g. "waiting for 00:00, price 0.35; ready 06:40 at the latest".</summary>
    /// <param name="slotZeroUtc">UTC second at which slot 0 begins.</param>
    public void Write(ByteTextWriter writer, int connector, int nowSlot, long slotZeroUtc, int offsetSeconds)
    {
        PlanReason reason = ReasonOf(connector, nowSlot);
        long zero = slotZeroUtc + offsetSeconds;
        if (reason == PlanReason.Empty || reason == PlanReason.Served)
        {
            writer.Raw(reason == PlanReason.Empty ? "no vehicle" : "served");
            return;
        }

        if (reason == PlanReason.WaitingForPrice)
        {
            int slot = NextCheaperSlot(connector, nowSlot);
            writer.Raw("waiting for ");
            WriteTime(writer, zero, slot);
            writer.Raw(", price ");
            writer.Scaled(_prices.At(slot) / 100, 4);
            writer.Raw("; ready ");
            WriteTime(writer, zero, _connectors.DepartureSlot[connector]);
            writer.Raw(" at the latest");
            return;
        }

        if (reason == PlanReason.WaitingForCapacity)
        {
            writer.Raw("waiting for a free share; ready ");
            WriteTime(writer, zero, _connectors.DepartureSlot[connector]);
            writer.Raw(" at the latest");
            return;
        }

        writer.Raw(reason == PlanReason.Boost ? "boost, " : reason == PlanReason.Late ? "late, " : "charging, ");
        writer.Scaled(_connectors.OfferMilliamps[connector] / 100, 1);
        writer.Raw(" A; ready ");
        WriteTime(writer, zero, ReadySlot(connector, nowSlot));
    }

    private void WriteTime(ByteTextWriter writer, long zeroLocal, int slot)
    {
        _time.Set(zeroLocal + (long)slot * _slotSeconds);
        writer.Padded(_time.Hour, 2);
        writer.Byte((byte)':');
        writer.Padded(_time.Minute, 2);
    }
}
