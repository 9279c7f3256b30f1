namespace MeterFirmware.Tools.HeadEnds;

/// <summary>The topic tree from the head-end's side: firmware/Telemetry/asyncapi.yaml.</summary>
internal static class Topics
{
    private const string Root = "mf/v1/";

    /// <summary>What devices publish.</summary>
    public static readonly string[] Channels = ["status", "record", "instant", "reply", "reported"];

    public static string Of(string device, string channel) => $"{Root}{device}/{channel}";

    /// <summary>Splits mf/v1/DEVICE/CHANNEL.</summary>
    public static bool TrySplit(string topic, out string device, out string channel)
    {
        device = channel = "";
        int slash = topic.LastIndexOf('/');
        if (!topic.StartsWith(Root, StringComparison.Ordinal) || slash <= Root.Length)
        {
            return false;
        }

        device = topic[Root.Length..slash];
        channel = topic[(slash + 1)..];
        return device.Length <= 32 && device.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }
}
