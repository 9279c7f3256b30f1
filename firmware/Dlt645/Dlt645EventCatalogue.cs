using F = MeterFirmware.Dlt645.Dlt645Format;
using L = MeterFirmware.Dlt645.Dlt645Label;

namespace MeterFirmware.Dlt645;

/// <summary>Event records, identifiers 03 xx: DL/T 645-2007 table A.4 and its 2009 supplement (relay: 1D,
/// 1E).</summary>
internal static class Dlt645EventCatalogue
{
    public static bool TryDescribe(int di, Dlt645Item item)
    {
        int type = Dlt645Catalogue.Byte2(di);
        if (type == 0x30)
        {
            return TryOperation(di, item);
        }

        int phase = Dlt645Catalogue.Byte1(di);
        int row = Dlt645Catalogue.Byte0(di);
        if (row > Dlt645Catalogue.EventDepth || type == 0)
        {
            return false;
        }

        item.Begin(di, Dlt645Item.RepeatNone);
        bool perPhase = type <= 4 || (type >= 0x0B && type <= 0x0F);
        if (perPhase)
        {
            return TryPhaseEvent(type, phase, row, item);
        }

        return type == 0x12 ? TryDemandEvent(phase, row, item) : phase == 0 && TryMeterEvent(type, row, item);
    }

    private static bool TryPhaseEvent(int type, int phase, int row, Dlt645Item item)
    {
        if (phase == 0 && row == 0)
        {
            for (int p = 1; p <= 3; p++)
            {
                item.Add(F.Count3, L.Count + L.PhaseA * p);
                item.Add(F.Minutes3, L.Duration + L.PhaseA * p);
            }

            return true;
        }

        if (phase < 1 || phase > 3 || row == 0)
        {
            return false;
        }

        // 01–04 voltage loss, under-voltage, over-voltage, phase failure; 0B–0D current loss, over-current, broken
        // current; 0E, 0F reverse power and overload carry the energies only.
        bool hasValues = type <= 0x0D;
        item.Add(F.TimeToSecond, L.Begin);
        AddEnergies(item, 0);
        for (int p = 1; p <= 3; p++)
        {
            AddEnergies(item, L.PhaseA * p);
            if (hasValues)
            {
                AddInstantaneous(item, L.PhaseA * p);
            }
        }

        for (int p = 0; p <= 3 && type <= 4; p++)
        {
            item.Add(F.AmpereHours, L.AmpereHours + L.PhaseA * p);
        }

        item.Add(F.TimeToSecond, L.End);
        for (int p = 0; p <= 3; p++)
        {
            AddEnergies(item, L.PhaseA * p + L.AtEnd);
        }

        return true;
    }

    private static bool TryMeterEvent(int type, int row, Dlt645Item item)
    {
        if (row == 0)
        {
            item.Add(F.Count3, L.Count);
            if (type != 0x06 && type < 0x11)
            {
                item.Add(F.Minutes3, L.Duration);
            }

            return type <= 0x0A || type == 0x11 || type == 0x1D || type == 0x1E || type == 0x35;
        }

        if (type == 0x1D || type == 0x1E)
        {
            // Relay opened, closed: time, operator, six energies.
            item.Add(F.TimeToSecond, L.When);
            item.Add(F.Hex4, L.Operator);
            AddRegisters(item, 0);
            return true;
        }

        item.Add(F.TimeToSecond, L.Begin);
        switch (type)
        {
            case 0x05:
                item.Add(F.Current, L.Current);
                break;
            case 0x07:
            case 0x08:
            case 0x09:
            case 0x0A:
                AddAllEnergies(item, 0);
                if (type >= 0x09)
                {
                    item.Add(F.Share, L.Unbalance);
                }

                break;
            case 0x06:
            case 0x11:
            case 0x35:
                break;
            default:
                return false;
        }

        item.Add(F.TimeToSecond, L.End);
        if (type >= 0x07 && type <= 0x0A)
        {
            AddAllEnergies(item, L.AtEnd);
        }

        return true;
    }

    private static bool TryDemandEvent(int direction, int row, Dlt645Item item)
    {
        if (direction == 0 && row == 0)
        {
            for (int i = 0; i < 6; i++)
            {
                item.Add(F.Count3, L.Count);
            }

            return true;
        }

        if (direction < 1 || direction > 6 || row == 0)
        {
            return false;
        }

        item.Add(F.TimeToSecond, L.Begin);
        item.Add(F.TimeToSecond, L.End);
        item.Add(direction <= 2 ? F.Power : F.ReactivePower, L.Demand);
        item.Add(F.TimeToMinute, L.DemandTime);
        return true;
    }

    /// <summary>03 30: what an operator did, newest first.</summary>
    private static bool TryOperation(int di, Dlt645Item item)
    {
        int kind = Dlt645Catalogue.Byte1(di);
        int row = Dlt645Catalogue.Byte0(di);
        if (row > Dlt645Catalogue.EventDepth || kind > 0x0E)
        {
            return false;
        }

        item.Begin(di, Dlt645Item.RepeatNone);
        if (row == 0)
        {
            item.Add(F.Count3, L.Count);
            return true;
        }

        if (kind == 0x04)
        {
            item.Add(F.Hex4, L.Operator);
            item.Add(F.TimeToSecond, L.Before);
            item.Add(F.TimeToSecond, L.After);
            return true;
        }

        if (kind == 0x0D || kind == 0x0E)
        {
            // Cover and terminal cover opened.
            item.Add(F.TimeToSecond, L.Begin);
            item.Add(F.TimeToSecond, L.End);
            AddRegisters(item, 0);
            AddRegisters(item, L.AtEnd);
            return true;
        }

        item.Add(F.TimeToSecond, L.When);
        item.Add(F.Hex4, L.Operator);
        switch (kind)
        {
            case 0x00:
                for (int i = 0; i < 10; i++)
                {
                    item.Add(F.Hex4, L.Identifier);
                }

                return true;
            case 0x01:
                for (int p = 0; p <= 3; p++)
                {
                    AddRegisters(item, L.PhaseA * p);
                }

                return true;
            case 0x02:
                // Forward and reverse demand before the clear; the standard's other 22 are not kept.
                AddDemands(item);
                return true;
            case 0x03:
                item.Add(F.Hex4, L.Identifier);
                return true;
            default:
                // Zones, day tables and the like: time and operator, the old table is not kept.
                return true;
        }
    }

    private static void AddDemands(Dlt645Item item)
    {
        item.Add(F.Power, L.Demand);
        item.Add(F.TimeToMinute, L.DemandTime);
        item.Add(F.Power, L.Demand);
        item.Add(F.TimeToMinute, L.DemandTime);
    }

    private static void AddAllEnergies(Dlt645Item item, int label)
    {
        for (int p = 0; p <= 3; p++)
        {
            AddEnergies(item, label + L.PhaseA * p);
        }
    }

    private static void AddEnergies(Dlt645Item item, int label)
    {
        item.Add(F.Energy, L.ForwardActive + label);
        item.Add(F.Energy, L.ReverseActive + label);
        item.Add(F.SignedReactiveEnergy, L.CombinedReactive1 + label);
        item.Add(F.SignedReactiveEnergy, L.CombinedReactive2 + label);
    }

    private static void AddRegisters(Dlt645Item item, int label)
    {
        item.Add(F.Energy, L.ForwardActive + label);
        item.Add(F.Energy, L.ReverseActive + label);
        for (int quadrant = 0; quadrant < 4; quadrant++)
        {
            item.Add(F.ReactiveEnergy, L.Quadrant1 + quadrant + label);
        }
    }

    private static void AddInstantaneous(Dlt645Item item, int label)
    {
        item.Add(F.Voltage, L.Voltage + label);
        item.Add(F.Current, L.Current + label);
        item.Add(F.Power, L.ActivePower + label);
        item.Add(F.ReactivePower, L.ReactivePower + label);
        item.Add(F.PowerFactor, L.PowerFactor + label);
    }
}
