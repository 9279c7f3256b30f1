using F = MeterFirmware.Dlt645.Dlt645Format;
using L = MeterFirmware.Dlt645.Dlt645Label;

namespace MeterFirmware.Dlt645;

/// <summary>
/// Every data identifier that this firmware knows, by rule instead of by table: no heap, small image.
/// Identifiers with FF in them are blocks: <see cref="Dlt645Block"/>. Source: DL/T 645-2007 annex A (facts file and
/// public implementations; the README names what is marked "check").
/// </summary>
public static class Dlt645Catalogue
{
    public const int BlockByte = 0xFF;
    public const int RatesMax = 63;
    public const int SettlementsMax = 12;
    public const int HarmonicsMax = 21;

    /// <summary>Rows that an event keeps: the last 10.</summary>
    public const int EventDepth = 10;

    /// <summary>Fills the item of an identifier without FF. False: not in the catalogue.</summary>
    public static bool TryDescribe(int di, Dlt645Item item)
    {
        switch (di >> 24)
        {
            case 0x00:
                return TryEnergy(di, item);
            case 0x01:
                return TryDemand(di, item);
            case 0x02:
                return TryVariable(di, item);
            case 0x03:
                return Dlt645EventCatalogue.TryDescribe(di, item);
            case 0x04:
                return Dlt645ParameterCatalogue.TryDescribe(di, item);
            case 0x05:
                return TryFreeze(di, item);
            default:
                return false;
        }
    }

    internal static int Byte2(int di) => (di >> 16) & 0xFF;

    internal static int Byte1(int di) => (di >> 8) & 0xFF;

    internal static int Byte0(int di) => di & 0xFF;

    internal static bool One(int di, int format, Dlt645Item item)
    {
        item.Begin(di, Dlt645Item.RepeatNone);
        item.Add(format, L.Value);
        return true;
    }

    private static bool TryEnergy(int di, Dlt645Item item)
    {
        if (Byte2(di) == 0x90)
        {
            // Prepayment: 90 01 energy left (01 overdrawn), 90 02 money left (01 overdrawn).
            bool known = (Byte1(di) == 1 || Byte1(di) == 2) && Byte0(di) <= 1;
            return known && One(di, Byte1(di) == 1 ? F.Energy : F.Money, item);
        }

        if (Byte0(di) > SettlementsMax || !TryQuantity(di, out int quantity))
        {
            return false;
        }

        return One(di, EnergyFormat(quantity), item);
    }

    private static bool TryDemand(int di, Dlt645Item item)
    {
        if (Byte0(di) > SettlementsMax || !TryQuantity(di, out int quantity) || quantity == 0)
        {
            return false;
        }

        item.Begin(di, Dlt645Item.RepeatNone);
        AddDemand(item, quantity);
        return true;
    }

    /// <summary>Quantity 0 to 10 of an energy or demand: 15–1E are phase A's 1–10, 29–32 B's, 3D–46 C's.</summary>
    internal static bool TryQuantity(int di, out int quantity)
    {
        quantity = Byte2(di);
        if (quantity <= 0x0A)
        {
            return Byte1(di) <= RatesMax;
        }

        int phaseBase = quantity >= 0x3D ? 0x3D : quantity >= 0x29 ? 0x29 : 0x15;
        quantity = quantity - phaseBase + 1;
        return quantity >= 1 && quantity <= 10 && Byte1(di) == 0;
    }

    private static int EnergyFormat(int quantity) =>
        quantity == 0 ? F.SignedEnergy
        : quantity <= 2 ? F.Energy
        : quantity <= 4 ? F.SignedReactiveEnergy
        : quantity <= 8 ? F.ReactiveEnergy
        : F.ApparentEnergy;

    private static void AddDemand(Dlt645Item item, int quantity)
    {
        item.Add(quantity <= 2 ? F.Power : quantity <= 8 ? F.ReactivePower : F.ApparentPower, L.Demand);
        item.Add(F.TimeToMinute, L.DemandTime);
    }

    private static bool TryVariable(int di, Dlt645Item item)
    {
        int quantity = Byte2(di);
        int phase = Byte1(di);
        if (quantity == 0x80)
        {
            return phase == 0 && TrySpecialVariable(di, item);
        }

        if (quantity == 0x0A || quantity == 0x0B)
        {
            // Share of harmonic order DI0 in the fundamental.
            return phase >= 1 && phase <= 3 && Byte0(di) >= 1 && Byte0(di) <= HarmonicsMax && One(di, F.Share, item);
        }

        if (Byte0(di) != 0 || phase > 3)
        {
            return false;
        }

        bool hasTotal = quantity >= 3 && quantity <= 6;
        if (phase == 0 && !hasTotal)
        {
            return false;
        }

        int format = quantity == 1 ? F.Voltage
            : quantity == 2 ? F.Current
            : quantity == 3 ? F.Power
            : quantity == 4 ? F.ReactivePower
            : quantity == 5 ? F.ApparentPower
            : quantity == 6 ? F.PowerFactor
            : quantity == 7 ? F.Angle
            : quantity == 8 || quantity == 9 ? F.Share
            : 0;
        return format != 0 && One(di, format, item);
    }

    private static bool TrySpecialVariable(int di, Dlt645Item item)
    {
        switch (Byte0(di))
        {
            case 0x01:
                return One(di, F.Current, item);
            case 0x02:
                return One(di, F.Frequency, item);
            case 0x03:
            case 0x04:
                return One(di, F.Power, item);
            case 0x05:
                return One(di, F.ReactivePower, item);
            case 0x06:
                return One(di, F.ApparentPower, item);
            case 0x07:
                return One(di, F.Temperature, item);
            case 0x08:
            case 0x09:
                return One(di, F.BatteryVoltage, item);
            case 0x0A:
                return One(di, 4 | (F.Minutes << 16), item);
            case 0x0B:
            case 0x20:
                return One(di, F.Price, item);
            default:
                return false;
        }
    }

    /// <summary>Freeze of type DI2, item DI1, DI0 = 01 for the latest to the depth kept.</summary>
    private static bool TryFreeze(int di, Dlt645Item item)
    {
        int type = Byte2(di);
        int part = Byte1(di);
        if (type > 7 || Byte0(di) == 0 || Byte0(di) == BlockByte)
        {
            return false;
        }

        bool hourly = type == 4;
        if (part == 0)
        {
            item.Begin(di, Dlt645Item.RepeatNone);
            item.Add(F.TimeToMinute, L.When);
            return true;
        }

        if (hourly)
        {
            // An hour keeps the two totals only.
            return part <= 2 && One(di, F.Energy, item);
        }

        if (part <= 8)
        {
            item.Begin(di, Dlt645Item.RepeatTotalAndRates);
            item.Add(EnergyFormat(part), L.Value);
            return true;
        }

        if (part == 0x09 || part == 0x0A)
        {
            item.Begin(di, Dlt645Item.RepeatTotalAndRates);
            AddDemand(item, part - 8);
            return true;
        }

        if (part != 0x10)
        {
            return false;
        }

        item.Begin(di, Dlt645Item.RepeatNone);
        for (int phase = 0; phase <= 3; phase++)
        {
            item.Add(F.Power, L.ActivePower + L.PhaseA * phase);
        }

        for (int phase = 0; phase <= 3; phase++)
        {
            item.Add(F.ReactivePower, L.ReactivePower + L.PhaseA * phase);
        }

        return true;
    }
}
