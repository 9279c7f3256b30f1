using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>The utility's side: README.md beside this file.</summary>
public static class Program
{
    /// <summary>Bad settings.</summary>
    private const int BadInput = 2;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using HeadEndProgram program = await HeadEndProgram.StartAsync(args);
            await program.RunAsync();
            return 0;
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return BadInput;
        }
    }
}
