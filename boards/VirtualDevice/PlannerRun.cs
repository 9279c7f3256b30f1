using System;
using MeterFirmware.Charging;

namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>
/// The site's plan on the runtime that a device has: 54 connectors, 24 h of 5 min, more wanted than there is. Prints
/// the longest slice and the whole re-plan, and checks that everybody got the same share planned.
/// </summary>
internal static class PlannerRun
{
    private const int ConnectorCount = 54;
    private const int SlotCount = 288;

    // As in the site controller's tick.
    private const int SlotsPerSlice = 8;

    private const int RepeatCount = 7;
    private const int SlicesMax = 1024;
    private const int TicksPerMicrosecond = 10;

    /// <summary>Null when all is well, else what is not.</summary>
    public static string Run()
    {
        int[] least = new int[SlicesMax];
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

        int slices = 0;
        for (int repeat = 0; repeat < RepeatCount; repeat++)
        {
            slices = Plan(planner, least, repeat == 0);
        }

        long sum = 0;
        int longest = 0;
        for (int i = 0; i < slices; i++)
        {
            sum += least[i];
            longest = least[i] > longest ? least[i] : longest;
        }

        Console.WriteLine("MeterFirmware: plan of " + ConnectorCount.ToString() + " connectors in " + slices.ToString()
            + " slices, "
            + (sum / 1000).ToString() + " ms, " + (sum / slices).ToString() + " us a slice on average, longest slice "
            + longest.ToString() + " us (each slice the least of " + RepeatCount.ToString() + " runs); takes "
            + (freeBefore - freeAfter).ToString() + " bytes");
        return planner.IsShort && planner.OrderCount == ConnectorCount ? null
            : "the plan does not see that capacity is short";
    }

    // Every run does the same work in the same slice: what takes longer than in another run is the PC's other work.
    private static int Plan(ChargePlanner planner, int[] least, bool isFirst)
    {
        planner.Begin(0, 0, false, false);
        int slice = 0;
        bool isDone = false;
        while (!isDone && slice < SlicesMax)
        {
            long before = DateTime.UtcNow.Ticks;
            isDone = planner.Step(SlotsPerSlice);
            int elapsed = (int)((DateTime.UtcNow.Ticks - before) / TicksPerMicrosecond);
            least[slice] = isFirst || elapsed < least[slice] ? elapsed : least[slice];
            slice++;
        }

        return slice;
    }
}
