using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>The commands "surplus" and "discharge": README.md, "Surplus" and "Vehicle to grid".</summary>
public sealed class EnergyCommands
{
    private readonly EvChargerProduct _product;

    public EnergyCommands(EvChargerProduct product)
    {
        _product = product;
    }

    /// <summary>Returns a <see cref="CommandRefusal"/>.</summary>
    public int Surplus(FlatJson arguments, ByteTextWriter result)
    {
        SurplusCharging surplus = _product.Limits.Surplus;
        if (surplus == null)
        {
            return CommandRefusal.NotSupported;
        }

        int known = 1;
        bool isGood = arguments.TryFind("mode", out int mode);
        isGood &= TryReadWhole(arguments, "importWatts", ref known, out long importWatts);
        isGood &= TryReadWhole(arguments, "exportWatts", ref known, out long exportWatts);
        int knownBefore = known;
        isGood &= TryReadWhole(arguments, "lackSeconds", ref known, out long lackSeconds);
        lackSeconds = known == knownBefore ? SurplusCharging.LackSecondsDefault : lackSeconds;
        int wanted = !isGood ? -1
            : arguments.TextEquals(mode, "off") ? SurplusCharging.Off
            : arguments.TextEquals(mode, "only") ? SurplusCharging.Only
            : arguments.TextEquals(mode, "minimum") ? SurplusCharging.Minimum
            : -1;
        if (wanted < 0 || known != arguments.Count)
        {
            return CommandRefusal.BadArgument;
        }

        bool isInRange = importWatts <= SurplusCharging.WattsMax && exportWatts <= SurplusCharging.WattsMax
            && lackSeconds <= SurplusCharging.LackSecondsMax;
        int refusal = isInRange
            ? _product.TrySetSurplus(wanted, (int)importWatts, (int)exportWatts, (int)lackSeconds)
            : CommandRefusal.OutOfRange;
        if (refusal == CommandRefusal.None && surplus.IsGridKnown)
        {
            result.Name("gridWatts");
            result.Value(surplus.GridWatts);
        }

        return refusal;
    }

    /// <summary>The grid's permission. Returns a <see cref="CommandRefusal"/>.</summary>
    public int Discharge(FlatJson arguments)
    {
        VehicleDischarge discharge = _product.Limits.Discharge;
        if (discharge == null)
        {
            return CommandRefusal.NotSupported;
        }

        int known = 1;
        bool isGood = arguments.TryGetInteger("seconds", out long seconds);
        isGood &= TryReadWhole(arguments, "watts", ref known, out long watts);
        isGood &= TryReadWhole(arguments, "peakWatts", ref known, out long peakWatts);
        bool maySell = true;
        if (arguments.TryFind("sell", out int _))
        {
            known++;
            isGood &= arguments.TryGetBoolean("sell", out maySell);
        }

        if (!isGood || known != arguments.Count || (seconds > 0 && watts == 0))
        {
            return CommandRefusal.BadArgument;
        }

        return discharge.TryPermit(seconds, watts, peakWatts, maySell, _product.NowMs)
            ? CommandRefusal.None
            : CommandRefusal.OutOfRange;
    }

    /// <summary>What the driver needs at departure. Returns a <see cref="CommandRefusal"/>.</summary>
    public int Need(FlatJson arguments)
    {
        VehicleDischarge discharge = _product.Limits.Discharge;
        if (arguments.Count != 3 || !arguments.TryGetInteger("permille", out long permille)
            || !arguments.TryGetInteger("departureUtcSeconds", out long departure))
        {
            return CommandRefusal.BadArgument;
        }

        if (discharge == null || !_product.Sessions.IsActive)
        {
            return discharge == null ? CommandRefusal.NotSupported : CommandRefusal.NoSession;
        }

        if (departure < 0 || permille < 0 || permille > 1000)
        {
            return CommandRefusal.OutOfRange;
        }

        // The departure is the session's, as with every command; the battery's need becomes the plan's target.
        _product.Sessions.SetDeparture(departure);
        _product.TellPlan();
        discharge.TrySetTarget((int)permille);
        _product.KeepSoon();
        return CommandRefusal.None;
    }

    // An optional whole number of at least 0.
    private static bool TryReadWhole(FlatJson arguments, string name, ref int known, out long watts)
    {
        watts = 0;
        if (!arguments.TryFind(name, out int member))
        {
            return true;
        }

        known++;
        return arguments.TryGetScaled(member, 0, out watts) && watts >= 0;
    }
}
