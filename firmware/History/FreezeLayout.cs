using MeterFirmware.Basics;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;

namespace MeterFirmware.History;

/// <summary>
/// A freeze in bytes, VarInts behind the ordinal: flags (from bit 8 on: the parts that switched), seconds from the
/// nominal instant to the making, zone offset, rates, tiers (0: no cost), carbon rates (0: none), then
/// hourly: import, export Wh;
/// others: for each <see cref="EnergyKind"/> total and rates, Wh; for import and export demand total and rates, mW and
/// seconds from its end to the making; settlement also cost of import by rate and tier, of export by rate (0.0001 of
/// the currency), carbon by rate, and the share covered (mg).
/// </summary>
internal static class FreezeLayout
{
    public const int HeadValues = 6;
    public const int PartsShift = 8;

    public static int PayloadBytesMax(int rates, int tiers) =>
        VarInt.BytesMax * (HeadValues + (EnergyKind.Count + 4) * (1 + rates) + rates * (tiers + 2) + 1);

    public static int WriteEnergies(byte[] bytes, int at, EnergyRegisters registers)
    {
        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            at = VarInt.Write(bytes, at, registers.TotalWattHours(kind));
            for (int rate = 0; rate < registers.RateCount; rate++)
            {
                at = VarInt.Write(bytes, at, registers.RateWattHours(kind, rate));
            }
        }

        return at;
    }

    public static int WriteDemand(byte[] bytes, int at, DemandMeter demand, int rates, long madeUtcSeconds)
    {
        for (int rate = -1; rate < rates; rate++)
        {
            long ended = rate < 0 ? demand.MaximumUtcSeconds : demand.RateMaximumUtcSeconds(rate);
            at = VarInt.Write(bytes, at, rate < 0 ? demand.MaximumMilliwatts : demand.RateMaximumMilliwatts(rate));
            at = VarInt.Write(bytes, at, ended == 0 ? -1 : madeUtcSeconds - ended);
        }

        return at;
    }

    public static int WriteCosts(byte[] bytes, int at, CostRegister cost, int rates, int tiers)
    {
        for (int rate = 0; rate < rates; rate++)
        {
            for (int tier = 0; tier < tiers; tier++)
            {
                at = VarInt.Write(bytes, at, cost.TierCost(rate, tier));
            }
        }

        return at;
    }
}
