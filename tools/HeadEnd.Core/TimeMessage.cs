using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>The signed command that tells a device the time in answer to one of its births.</summary>
internal static class TimeMessage
{
    private const int BytesMax = 1_024;
    private const int ValidSeconds = 60;

    /// <param name="device">Its address.</param>
    /// <param name="key">Signs.</param>
    /// <param name="id">Above all before it.</param>
    /// <param name="next">As the birth said.</param>
    /// <param name="birth">As the birth said.</param>
    /// <param name="now">The time.</param>
    public static string Of(string device, DeviceKey key, long id, long next, long birth, DateTimeOffset now)
    {
        ByteTextWriter writer = new(BytesMax);
        MessageSigner.Begin(writer, device, id, CommandRole.Utility, key.Generation,
            now.ToUnixTimeSeconds(), now.ToUnixTimeSeconds() + ValidSeconds);
        writer.Name("command");
        writer.Value(CommandCatalogue.NameOf(CommandCode.Time));
        writer.Raw($",\"arguments\":{{\"utcMilliseconds\":{now.ToUnixTimeMilliseconds()},"
            + $"\"next\":{next},\"birth\":{birth}}}");
        key.Signer.End(writer, "command", CommandRole.Utility, key.Generation);
        return Encoding.ASCII.GetString(writer.Bytes, 0, writer.Length);
    }
}
