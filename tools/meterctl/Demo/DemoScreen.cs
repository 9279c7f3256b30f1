using System.Globalization;
using MeterFirmware.EvCharger;
using MeterFirmware.Metering;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MeterFirmware.Tools.MeterCtl.Demo;

/// <summary>What a person sees of the demonstration: a live table while the day runs, the comparison at its
/// end.</summary>
public static class DemoScreen
{
    private const int RowsMax = 20;
    private static readonly string[] _colours = ["red", "orange1", "yellow", "green", "deepskyblue1",
        "mediumpurple", "grey"];

    public static IRenderable Live(DemoRun run)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .Title("[bold]MeterFirmware[/]: one day, every meter the real firmware");
        table.AddColumn("meter").AddColumn(new TableColumn("W").RightAligned()).AddColumn("load").AddColumn("rate")
            .AddColumn(new TableColumn("kWh").RightAligned()).AddColumn(new TableColumn("records").RightAligned())
            .AddColumn(new TableColumn("unacknowledged").RightAligned());
        foreach (FleetMeter meter in run.Meters.Take(RowsMax))
        {
            Meter registers = meter.Meter.Product.Meter;
            int rate = registers.Rate;
            int watts = meter.Milliwatts / 1000;
            string bar = new('█', Math.Clamp(watts / 250, 0, 20));
            table.AddRow(
                new Text(meter.Device), new Text(watts.ToString(CultureInfo.InvariantCulture)),
                new Markup($"[{ColourOf(run, rate)}]{bar,-20}[/]"),
                new Markup($"[{ColourOf(run, rate)}]{Markup.Escape(run.Tariff.Table.RateName(rate))}[/]"),
                new Text(KilowattHours(registers.Registers.TotalWattHours(EnergyKind.Import) * 1000)),
                new Text((meter.Log.NextNumber - 1).ToString(CultureInfo.InvariantCulture)),
                new Text(meter.Agent.Pending.ToString(CultureInfo.InvariantCulture)));
        }

        if (run.Meters.Count > RowsMax)
        {
            table.Caption($"and {run.Meters.Count - RowsMax} more");
        }

        return run.Chargers.Count == 0 ? new Rows(table, Progress(run)) : new Rows(table, Chargers(run), Progress(run));
    }

    /// <summary>Charge points: pilot state (green: contactor closed), what is offered, what flows, what was charged;
    /// fits 80 columns.</summary>
    public static Table Chargers(DemoRun run)
    {
        Table table =
            new Table().Border(TableBorder.Rounded).AddColumn("charger").AddColumn("status").AddColumn("pilot")
            .AddColumn(new TableColumn("offer A").RightAligned()).AddColumn(new TableColumn("kW").RightAligned())
            .AddColumn(new TableColumn("cars").RightAligned()).AddColumn(new TableColumn("kWh").RightAligned());
        foreach (FleetCharger charger in run.Chargers)
        {
            EvChargerProduct product = charger.Charger.Product;
            Hardware.Measurement reading = product.Reading;
            long milliwatts = reading.ActivePowerMilliwatts.Take(reading.PhaseCount).Sum(power => (long)power);
            bool isClosed = product.Controller.IsClosed;
            table.AddRow(
                new Text(charger.Device), new Text(ConnectorStatus.NameOf(product.Status)),
                new Markup(isClosed ? $"[green]{product.Controller.StateName}[/]" : product.Controller.StateName),
                new Text((product.Controller.State.OfferMilliamps / 1000.0).ToString("F1",
                    CultureInfo.InvariantCulture)),
                new Text((isClosed ? milliwatts / 1e6 : 0).ToString("F1", CultureInfo.InvariantCulture)),
                new Text(charger.Arrivals.ToString(CultureInfo.InvariantCulture)),
                new Text(KilowattHours(product.Meter.Registers.TotalWattHours(EnergyKind.Import) * 1000)));
        }

        return table;
    }

    /// <summary>One line: the time of the simulated day, records on both sides.</summary>
    public static string ProgressText(DemoRun run)
    {
        // Stored first: what is stored was produced before, so the three numbers agree whatever happens meanwhile.
        long stored = run.HeadEnd.Counters.Stored;
        long produced = run.Produced;
        TimeSpan time = TimeSpan.FromHours(24 * run.Share);
        return $"{run.Day:yyyy-MM-dd} {(int)time.TotalHours:00}:{time.Minutes:00}  {run.Share * 100,3:0} %  "
            + $"records: {produced} produced, {stored} stored by the head-end, {produced - stored} on the way";
    }

    private static Markup Progress(DemoRun run)
    {
        int filled = (int)(run.Share * 40);
        return new Markup(
            $"[green]{new string('━', filled)}[/][grey]{new string('━', 40 - filled)}[/] {ProgressText(run)}");
    }

    /// <summary>Registers of the meters beside what the head-end stored. True when they are equal.</summary>
    public static bool ShowComparison(DemoRun run)
    {
        IReadOnlyList<DailyTotal> stored = run.HeadEnd.Totals();
        List<DailyTotal> ofMeters = [.. stored.Where(total => run.Meters.Any(meter => meter.Device == total.Device))];
        Table table = new Table().Border(TableBorder.Rounded)
            .Title("[bold]totals of the meters and of the head-end[/]");
        table.AddColumn("rate").AddColumn(new TableColumn("meters kWh").RightAligned())
            .AddColumn(new TableColumn("head-end kWh").RightAligned())
            .AddColumn(new TableColumn($"cost {run.Tariff.Table.Currency}").RightAligned());
        long cost = 0;
        for (int rate = 0; rate < run.Tariff.Table.RateCount; rate++)
        {
            int index = rate;
            long metered = run.Meters.Sum(meter => RateMilliwattHours(meter, index));
            long received = ofMeters.Where(total => total.Rate == index).Sum(total => total.ImportMilliwattHours);
            long rateCost = run.Meters.Sum(meter => meter.Meter.Product.Meter.ImportCost.RateCost(index));
            cost += rateCost;
            table.AddRow(new Markup($"[{ColourOf(run, rate)}]{Markup.Escape(run.Tariff.Table.RateName(rate))}[/]"),
                new Text(KilowattHours(metered)), new Text(KilowattHours(received)), new Text(Money.Text(rateCost)));
        }

        // To the milliwatt-hour, meter by meter: the sum over a fleet could hide two errors.
        int equal = run.Meters.Count(meter =>
            TotalMilliwattHours(meter)
            == stored.Where(total => total.Device == meter.Device).Sum(total => total.ImportMilliwattHours));
        table.AddEmptyRow();
        table.AddRow(new Markup("[bold]total[/]"), new Text(KilowattHours(run.Meters.Sum(TotalMilliwattHours))),
            new Text(KilowattHours(ofMeters.Sum(total => total.ImportMilliwattHours))), new Text(Money.Text(cost)));
        Screen.Write(table);
        if (run.Chargers.Count > 0)
        {
            AnsiConsole.Write(Chargers(run));
        }

        bool isEqual = equal == run.Meters.Count;
        AnsiConsole.MarkupLine(isEqual
            ? $"[green]equal[/] to the milliwatt-hour for each of the {equal} meters; {run.HeadEnd.Counters.Stored} "
                + $"records stored once, {run.HeadEnd.Counters.DeliveredAgain} delivered again and recognised"
            : $"[red]not equal[/]: {run.Meters.Count - equal} of {run.Meters.Count} meters differ");
        return isEqual;
    }

    /// <summary>The home's day. True when its registers, vehicle, session record and energies agree, or there is
    /// none.</summary>
    public static bool ShowHome(DemoRun run)
    {
        if (run.Home is not { } home)
        {
            return true;
        }

        Table table = new Table().Border(TableBorder.Rounded)
            .Title("[bold]a home with photovoltaics and a vehicle that gives back, 06:00 to 22:00[/]");
        table.AddColumn("kWh").AddColumn(new TableColumn("generated").RightAligned())
            .AddColumn(new TableColumn("house").RightAligned())
            .AddColumn(new TableColumn("charged").RightAligned())
            .AddColumn(new TableColumn("given back").RightAligned())
            .AddColumn(new TableColumn("from grid").RightAligned())
            .AddColumn(new TableColumn("into grid").RightAligned());
        table.AddRow("", KilowattHours(home.SolarWattHours * 1000), KilowattHours(home.HouseWattHours * 1000),
            KilowattHours(home.ChargedWattHours * 1000),
            KilowattHours(home.GivenWattHours * 1000), KilowattHours(home.ImportWattHours * 1000),
            KilowattHours(home.ExportWattHours * 1000));
        Screen.Write(table);
        AnsiConsole.MarkupLine(home.Problem is null
            ? "[green]equal[/]: registers, vehicle and session record; the surplus charged it, in the evening at "
                + $"most {home.EveningWattsMax} W from the grid, {home.StoredAtEndPermille / 10} % left"
            : $"[red]not equal[/]: {home.Problem}");
        return home.Problem is null;
    }

    private static long TotalMilliwattHours(FleetMeter meter)
    {
        EnergyRegisters registers = meter.Meter.Product.Meter.Registers;
        return registers.TotalWattHours(EnergyKind.Import) * 1000
            + registers.TotalRemainder(EnergyKind.Import) / 3_600_000;
    }

    private static long RateMilliwattHours(FleetMeter meter, int rate)
    {
        EnergyRegisters registers = meter.Meter.Product.Meter.Registers;
        return registers.RateWattHours(EnergyKind.Import, rate) * 1000
            + registers.RateRemainder(EnergyKind.Import, rate) / 3_600_000;
    }

    private static string KilowattHours(long milliwattHours) =>
        (milliwattHours / 1_000_000m).ToString("N3", CultureInfo.InvariantCulture);

    private static string ColourOf(DemoRun run, int rate)
    {
        int rank = Enumerable.Range(0, run.Tariff.Table.RateCount)
            .Count(other => run.Tariff.Table.ImportPrice(other) > run.Tariff.Table.ImportPrice(rate));
        return _colours[rank % _colours.Length];
    }
}
