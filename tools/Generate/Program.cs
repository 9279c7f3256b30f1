namespace MeterFirmware.Tools.Generate;

/// <summary>
/// `dotnet run --project tools/Generate` writes everything that is made out of firmware/Catalogue; `-- --check` only
/// says what differs. Exit code 1: something differs; 2: a catalogue is wrong.
/// </summary>
public static class Program
{
    public static int Main(string[] arguments)
    {
        bool isCheck = arguments is ["--check"];
        if (arguments.Length > 0 && !isCheck)
        {
            Console.Error.WriteLine($"generate: '{arguments[0]}': nothing or --check was expected");
            return 2;
        }

        try
        {
            return Run(Repository.Find(Environment.CurrentDirectory), isCheck);
        }
        catch (CatalogueException e)
        {
            Console.Error.WriteLine($"generate: {e.Message}");
            return 2;
        }
    }

    private static int Run(Repository repository, bool isCheck)
    {
        int differing = 0;
        foreach ((string path, string text) in Outputs.Make(repository))
        {
            if (repository.TryRead(path) == text)
            {
                continue;
            }

            differing++;
            Console.Out.WriteLine(isCheck ? $"{path}: not what the catalogue says" : $"{path}: written");
            if (!isCheck)
            {
                repository.Write(path, text);
            }
        }

        return isCheck && differing > 0 ? 1 : 0;
    }
}
