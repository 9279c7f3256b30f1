using System.Runtime.InteropServices;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MeterFirmware.Tools.HeadEnds.Web.Signing;

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
            if (SignerProgram.IsOne(args))
            {
                using CancellationTokenSource ended = new();
                using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
                using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
                void End(PosixSignalContext signal)
                {
                    signal.Cancel = true;
                    ended.Cancel();
                }

                await SignerProgram.RunAsync(args, ended.Token);
                return 0;
            }

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
