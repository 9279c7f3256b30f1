using MeterFirmware.Charging;
using ScottPlot;

namespace MeterFirmware.Tests.Benchmarks.Charging;

/// <summary>500 homes on one 400 kVA transformer, each charger a device of its own without a leader: everybody starts
/// when the valley price begins, or each at a time of its own. Seeded, so that the figures stay the same.</summary>
public static class HomesBenchmark
{
    private const int Homes = 500;
    private const int SlotSeconds = 300;
    private const int Slots = 288;
    private const int Milliamps = 32_000;
    private const int Volts = 220;
    private const int ValleyFrom = 120; // 22:00, when the day of the picture begins at 12:00
    private const int ValleyTo = 216;
    private const string Picture = "homes.png";

    public static void Run()
    {
        double[] homes = BaseLoad();
        double[] together = Charging(0);
        double[] spread = Charging((ValleyTo - ValleyFrom) * SlotSeconds);
        double peakTogether = homes.Zip(together, (a, b) => a + b).Max();
        double peakSpread = homes.Zip(spread, (a, b) => a + b).Max();
        Console.WriteLine(FormattableString.Invariant(
            $"500 homes, 400 kVA: peak without charging {homes.Max():F0} kW; all start at 22:00 {peakTogether:F0} kW; each at its own time {peakSpread:F0} kW; charged {together.Sum() * SlotSeconds / 3600:F0} and {spread.Sum() * SlotSeconds / 3600:F0} kWh"));
        Draw(homes, together, spread);
    }

    private static double[] Charging(int spreadSeconds)
    {
        double[] kilowatts = new double[Slots];
        Random random = new(20_261_122);
        for (int home = 0; home < Homes; home++)
        {
            // Half of the cars come home to charge, at 16:00 to 21:00, for 3 to 9 kWh, and leave at 6:30 to 8:00.
            bool charges = random.Next(2) == 0;
            int arrival = 48 + random.Next(60);
            int wattHours = 3000 + random.Next(6000);
            int departure = 222 + random.Next(18);
            if (charges)
            {
                Play(new HomeCharger(new StartSpreader((uint)home, spreadSeconds), SlotSeconds), arrival, wattHours,
                    departure, kilowatts);
            }
        }

        return kilowatts;
    }

    private static void Play(HomeCharger charger, int arrival, int wattHours, int departure, double[] kilowatts)
    {
        for (int slot = 0; slot < Slots; slot++)
        {
            charger.Prices.Set(slot, slot is >= ValleyFrom and < ValleyTo ? 300_000 : 610_000);
        }

        int demand = (int)((long)wattHours * 3_600_000 / (Volts * SlotSeconds));
        charger.Connectors.PlugIn(0, Milliamps, demand, departure);
        for (int slot = arrival; slot < departure; slot++)
        {
            int slotOfDay = (slot + 144) % Slots;
            int offer = charger.Decide(slot, slotOfDay, 20_000 + (slot + 144) / Slots, Milliamps);
            int drawn = Math.Min(offer, charger.Connectors.RemainingMilliampSlots[0]);
            charger.Connectors.RemainingMilliampSlots[0] -= drawn;
            charger.Connectors.IsCharging[0] = drawn > 0;
            kilowatts[slot] += drawn * (double)Volts / 1e6;
        }
    }

    // Diversified load of the homes without cars: a night of 0.25 kW each, an evening of 0.6 kW.
    private static double[] BaseLoad()
    {
        double[] kilowatts = new double[Slots];
        for (int slot = 0; slot < Slots; slot++)
        {
            double hour = (slot / 12.0 + 12) % 24;
            double evening = Math.Exp(-Math.Pow((hour - 19.5) / 2.2, 2));
            double morning = Math.Exp(-Math.Pow((hour - 7.5) / 1.5, 2));
            kilowatts[slot] = Homes * (0.25 + 0.35 * evening + 0.2 * morning);
        }

        return kilowatts;
    }

    private static void Draw(double[] homes, double[] together, double[] spread)
    {
        Plot plot = new();
        double[] hours = [.. Enumerable.Range(0, Slots).Select(s => s / 12.0)];
        Add(plot, hours, [.. homes.Zip(together, (a, b) => a + b)], Colors.Red, "all start at 22:00");
        Add(plot, hours, [.. homes.Zip(spread, (a, b) => a + b)], Colors.Blue, "each at its own time");
        Add(plot, hours, homes, Colors.Gray, "homes without charging");
        var line = plot.Add.HorizontalLine(400);
        line.Color = Colors.Black;
        line.LinePattern = LinePattern.Dashed;
        line.LegendText = "transformer, 400 kVA";
        plot.Title("500 homes, each charger on its own: valley price from 22:00 to 06:00");
        plot.XLabel("local hour");
        plot.YLabel("kW");
        double[] ticks = [.. Enumerable.Range(0, 9).Select(i => i * 3.0)];
        plot.Axes.Bottom.SetTicks(ticks, [.. ticks.Select(t => $"{((int)t + 12) % 24:00}:00")]);
        plot.Axes.SetLimits(0, 24.2, 0, homes.Zip(together, (a, b) => a + b).Max() * 1.1);
        plot.ShowLegend(Alignment.UpperRight);
        plot.SavePng(Picture, 1200, 600);
        Console.WriteLine($"wrote {Path.GetFullPath(Picture)}");
    }

    private static void Add(Plot plot, double[] hours, double[] kilowatts, Color colour, string name)
    {
        var line = plot.Add.ScatterLine(hours, kilowatts);
        line.Color = colour;
        line.LineWidth = 2;
        line.LegendText = name;
    }
}
