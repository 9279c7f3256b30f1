namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>Board.g.cs of each board, out of boards/NAME/board.json and boards/chips.json; the table of images in
/// boards/README.md, that of chips in drivers/README.md.</summary>
public static class BoardOutputs
{
    private const string Folder = "boards/";
    private const string ChipsPath = Folder + "chips.json";
    private const string Readme = Folder + "README.md";

    public static IEnumerable<(string Path, string Text)> Make(Repository repository)
    {
        if (repository.TryRead(ChipsPath) is not string chips)
        {
            yield break;
        }

        string[] boards = [.. BoardsOf(repository)];
        foreach (string name in boards)
        {
            string path = PathOf(name);
            yield return ($"{Folder}{name}/Board.g.cs", Make(name, path, repository.Read(path), chips));
        }

        HeapCapability[] heap = HeapTable.Load(repository);
        yield return (HeapTable.CodePath, HeapTable.Code(heap));
        BoardData[] data = [.. boards.Select(name => Load(repository, name))];
        Dictionary<string, string> parts = new()
        {
            ["images"] = ImageTable.Of(repository, boards),
            ["heap"] = HeapTable.Of(heap, data),
        };
        yield return (Readme, Region.Replace(Readme, repository.Read(Readme), parts));
        Dictionary<string, string> cards = new()
        {
            ["chips"] = ChipCards.Of(repository, boards.Select(name => Load(repository, name))),
        };
        yield return (ChipCards.Readme, Region.Replace(ChipCards.Readme, repository.Read(ChipCards.Readme), cards));
    }

    /// <summary>Names of the folders that hold a board.json.</summary>
    public static IEnumerable<string> BoardsOf(Repository repository) =>
        repository.Folders(Folder).Where(name => repository.TryRead(PathOf(name)) != null);

    /// <summary>A board's data, checked.</summary>
    public static BoardData Load(Repository repository, string name)
    {
        string path = PathOf(name);
        BoardData board = BoardData.Load(name, path, repository.Read(path));
        BoardRules.Check(board, ChipOf(board, repository.Read(ChipsPath)));
        return board;
    }

    private static string PathOf(string name) => $"{Folder}{name}/board.json";

    /// <summary>The code of one board.</summary>
    /// <param name="path">Named by errors.</param>
    public static string Make(string name, string path, string text, string chips)
    {
        BoardData board = BoardData.Load(name, path, text);
        ChipData chip = ChipOf(board, chips);
        BoardRules.Check(board, chip);
        return BoardCode.Of(board, chip);
    }

    private static ChipData ChipOf(BoardData board, string chips)
    {
        DataFile file = DataFile.Parse(ChipsPath, chips);
        DataValue? data = file.Root.Find(board.Chip);
        string names = string.Join(", ", file.Root.Members.Select(member => member.Name));
        board.File.Require(data != null, board.File.Root.Find("chip")!.Line, "chip",
            $"one of {names} ({ChipsPath}) was expected, not {board.Chip}");
        return new ChipData(board.Chip, file, data!);
    }
}
