using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>The command "surplus": how local generation is followed (README.md, "Surplus").</summary>
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
        isGood &= TryReadWatts(arguments, "importWatts", ref known, out long importWatts);
        isGood &= TryReadWatts(arguments, "exportWatts", ref known, out long exportWatts);
        int wanted = !isGood ? -1
            : arguments.TextEquals(mode, "off") ? SurplusCharging.Off
            : arguments.TextEquals(mode, "only") ? SurplusCharging.Only
            : arguments.TextEquals(mode, "minimum") ? SurplusCharging.Minimum
            : -1;
        if (wanted < 0 || known != arguments.Count)
        {
            return CommandRefusal.BadArgument;
        }

        int refusal = importWatts > SurplusCharging.WattsMax || exportWatts > SurplusCharging.WattsMax
            ? CommandRefusal.OutOfRange
            : _product.TrySetSurplus(wanted, (int)importWatts, (int)exportWatts);
        if (refusal == CommandRefusal.None && surplus.IsGridKnown)
        {
            result.Name("gridWatts");
            result.Value(surplus.GridWatts);
        }

        return refusal;
    }

    // An optional whole number of at least 0.
    private static bool TryReadWatts(FlatJson arguments, string name, ref int known, out long watts)
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
