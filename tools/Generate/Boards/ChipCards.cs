using System.Text;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>The table of metering chips in drivers/README.md: chip × bus × phases × year × state × boards, out of each
/// driver's chip.json, the conservation suite's benches and the boards' data.</summary>
public static class ChipCards
{
    public const string Readme = "drivers/README.md";

    private const string Folder = "drivers/";
    private const string Benches = "tests/Drivers.Tests/HostOnly/Conservation/";

    public static string Of(Repository repository, IEnumerable<BoardData> boards)
    {
        BoardData[] all = [.. boards];
        StringBuilder table = new();
        table.Append("| folder | chips | bus | phases | energy | a year | state | boards |\n");
        table.Append("|---|---|---|---|---|---|---|---|\n");
        foreach (string folder in repository.Folders(Folder))
        {
            string path = $"{Folder}{folder}/chip.json";
            if (repository.TryRead(path) is not string text)
            {
                continue;
            }

            DataFile file = DataFile.Parse(path, text);
            file.Allow(file.Root, "a chip", "chips", "bus", "phases", "energy");
            string energy = file.Text(file.Root, "energy");
            string[] on = [.. all.Where(board => board.Sensors.Any(sensor =>
                SensorKinds.Find(sensor.Chip)?.Room == folder)).Select(board => board.Name)];
            table.Append($"| [{folder}]({folder}/README.md) | {file.Text(file.Root, "chips")} | ")
                .Append($"{file.Text(file.Root, "bus")} | {file.Text(file.Root, "phases")} | {energy} | ")
                .Append($"{YearOf(repository, folder, energy)} | {StateOf(repository, folder, on)} | ")
                .Append(on.Length == 0 ? "none" : string.Join(", ", on.Select(b => $"[{b}](../boards/{b}/README.md)")))
                .Append(" |\n");
        }

        return table.ToString();
    }

    private static string YearOf(Repository repository, string folder, string energy)
    {
        bool hasBench = repository.TryRead($"{Benches}{folder}ConservationBench.cs") != null;
        return hasBench ? "kept" : energy.StartsWith("none", StringComparison.Ordinal) ? "no counter" : "**no bench**";
    }

    private static string StateOf(Repository repository, string folder, string[] boards)
    {
        bool hasTwin = repository.TryRead($"{Folder}Twins/{folder}Twin.cs") != null;
        bool hasMaker = repository.TryRead($"boards/Sensors/{folder}/{folder}Maker.cs") != null;
        string state = hasTwin ? "driver, twin" : "driver";
        state += hasMaker ? ", maker" : "";
        return boards.Length > 0 ? state + ", board" : state;
    }
}
