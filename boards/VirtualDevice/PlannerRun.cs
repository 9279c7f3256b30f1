using System;
using MeterFirmware.Charging;

namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>
/// The site's plan on the runtime that a device has: 54 connectors, 24 h of 5 min, more wanted than there is. Prints the
/// longest slice and the whole re-plan, and checks that everybody got the same share planned.
/// </summary>
internal static class PlannerRun
{
    private const int ConnectorCount = 54;
    private const int SlotCount = 288;

    // As in the site controller's tick.
    private const int SlotsPerSlice = 8;

    /// <summary>Null when all is well, else what is not.</summary>
    public static string Run()
    {
        long freeBefore = Heap.FreeBytes();
        Connectors connectors = new Connectors(ConnectorCount);
        PriceHorizon prices = new PriceHorizon(SlotCount);
        ArrivalProfile arrivals = new ArrivalProfile(SlotCount);
        ChargePlanner planner = new ChargePlanner(connectors, prices, arrivals);
        long freeAfter = Heap.FreeBytes();
        for (int slot = 0; slot < SlotCount; slot++)
        {
            prices.Set(slot, slot / 24 % 3 == 0 ? 1_200_000 : slot / 24 % 3 == 1 ? 750_000 : 350_000);
        }

        int milliamps = ConnectorCount * 5_000;
        planner.SetCapacity(milliamps, new int[] { milliamps, milliamps, milliamps }, 1, 32_000);
        for (int i = 0; i < ConnectorCount; i++)
        {
            connectors.PlugIn(i, 32_000, (60 + i % 7 * 10) * 32_000, SlotCount - i);
        }

        long longestMs = 0;
        int slices = 0;
        long startMs = Environment.TickCount64;
        planner.Begin(0, 0, false, false);
        bool isDone = false;
        while (!isDone)
        {
            long before = Environment.TickCount64;
            isDone = planner.Step(SlotsPerSlice);
            long elapsed = Environment.TickCount64 - before;
            longestMs = elapsed > longestMs ? elapsed : longestMs;
            slices++;
        }

        long elapsedMs = Environment.TickCount64 - startMs;
        Console.WriteLine("MeterFirmware: plan of " + ConnectorCount.ToString() + " connectors in " + slices.ToString() + " slices, "
            + elapsedMs.ToString() + " ms, " + (elapsedMs * 1000 / slices).ToString() + " us a slice on average, longest slice "
            + longestMs.ToString() + " ms; takes " + (freeBefore - freeAfter).ToString() + " bytes");
        return planner.IsShort && planner.OrderCount == ConnectorCount ? null : "the plan does not see that capacity is short";
    }
}
