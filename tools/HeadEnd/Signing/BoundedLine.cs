using System.Text;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>Reads lines of a bounded length.</summary>
internal static class BoundedLine
{
    /// <summary>The next line; null: the other side went.</summary>
    /// <exception cref="IOException">It is too long.</exception>
    public static async Task<string?> ReadAsync(StreamReader reader, int charsMax, CancellationToken cancel)
    {
        StringBuilder line = new();
        char[] one = new char[1];
        while (await reader.ReadAsync(one, cancel) == 1)
        {
            if (one[0] == '\n')
            {
                return line.ToString();
            }

            if (line.Length >= charsMax)
            {
                throw new IOException($"a line of at most {charsMax} characters was expected");
            }

            line.Append(one[0]);
        }

        return null;
    }
}
