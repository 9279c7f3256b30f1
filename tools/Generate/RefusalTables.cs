namespace MeterFirmware.Tools.Generate;

/// <summary>What is made out of the refusals: constants and words, the document's enum, the table.</summary>
internal static class RefusalTables
{
    public static string Code(Catalogue catalogue)
    {
        CodeText code = new([], "MeterFirmware.Commands", Outputs.Folder + "refusals.json");
        code.Summary("Why a command or a document is refused: the words of the answer, each counted by "
            + "<see cref=\"CommandCounters\"/>.");
        code.Line("public static class CommandRefusal").Open().Line("public const int None = 0;").Line();
        foreach (RefusalEntry r in catalogue.Refusals)
        {
            code.Summary(r.Description).Line($"public const int {r.Name} = {r.Code};").Line();
        }

        code.Line($"public const int Count = {catalogue.Refusals.Length + 1};").Line();
        code.Summary("The answer's word.").Line("public static string NameOf(int refusal)").Open();
        code.Switch("refusal", catalogue.Refusals.Select(r => (r.Name, $"\"{r.Word}\"")), "\"\"");
        return code.Close().Close().ToString();
    }

    /// <summary>The words that an answer may hold.</summary>
    public static string Words(Catalogue catalogue) => "        error: { enum: "
        + $"{AsyncApiParts.Words(catalogue.Refusals.Where(r => !r.IsSilent).Select(r => r.Word))} }}\n";

    public static string Table(Catalogue catalogue) => "| word | why |\n|---|---|\n"
        + string.Concat(catalogue.Refusals.Select(r => $"| `{r.Word}` | {r.Description} |\n"));

    public static void Check(RefusalEntry[] refusals)
    {
        const string File = "refusals.json";
        for (int i = 0; i < refusals.Length; i++)
        {
            RefusalEntry r = refusals[i];
            string at = $"{File}: refusal {r.Name}";
            CatalogueRules.Require(r.Code == i + 1, $"{at}: code: {i + 1} was expected, they stand in order");
            bool isConstant = r.Name.Length > 0 && r.Name.All(char.IsAsciiLetter) && char.IsAsciiLetterUpper(r.Name[0]);
            CatalogueRules.Require(isConstant, $"{at}: name: a constant's name was expected");
            CatalogueRules.Require(r.Word.Length > 0 && r.Word.All(c => char.IsAsciiLetterLower(c) || c == '-'),
                $"{at}: word: lower-case words with '-' between were expected");
            CatalogueRules.Require(refusals.Count(other => other.Name == r.Name || other.Word == r.Word) == 1,
                $"{at}: name and word were expected once");
        }
    }
}
