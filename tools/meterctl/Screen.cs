using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MeterFirmware.Tools.MeterCtl;

/// <summary>Tables as a person reads them: a cell is never broken. A table that is wider than the terminal is printed
/// as a list, one line a cell; in a pipe there is no width.</summary>
public static class Screen
{
    private const int PipeColumns = 1_000;
    private const int TerminalColumnsMin = 20;

    /// <summary>Once, before anything is printed. COLUMNS, as in other programs, says how wide a pipe's reader
    /// is.</summary>
    public static void Fit()
    {
        bool isGiven = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None,
            CultureInfo.InvariantCulture, out int columns)
            && columns >= TerminalColumnsMin;
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = isGiven ? columns : PipeColumns;
        }
    }

    public static void Write(Table table)
    {
        // A title is as wide as it is, whatever the table: beside a narrow one it would be broken.
        TableTitle? title = table.Title;
        table.Title = null;
        if (title is not null)
        {
            AnsiConsole.MarkupLine(title.Text);
        }

        RenderOptions options = RenderOptions.Create(AnsiConsole.Console, AnsiConsole.Profile.Capabilities);
        bool isWide = ((IRenderable)table).Measure(options, PipeColumns).Max > AnsiConsole.Profile.Width;
        if (!isWide)
        {
            AnsiConsole.Write(table);
            return;
        }

        foreach (TableRow row in table.Rows)
        {
            WriteList(table, row);
        }
    }

    private static void WriteList(Table table, TableRow row)
    {
        Spectre.Console.Grid list = new();
        list.AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn());
        foreach ((TableColumn column, IRenderable cell) in table.Columns.Zip(row))
        {
            list.AddRow(column.Header, cell);
        }

        AnsiConsole.Write(list);
        AnsiConsole.WriteLine();
    }
}
