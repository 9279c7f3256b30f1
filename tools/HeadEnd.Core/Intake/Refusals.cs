namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>Counts what was refused, by device, with the newest reason. Bounded, whatever devices send: beyond the
/// first thousand devices all others share one line.</summary>
internal sealed class Refusals
{
    public const string Others = "(others)";

    private const int DevicesMax = 1_000;
    private const int CharsMax = 200;

    private readonly Dictionary<string, DeviceRefusals> _devices = [];
    private readonly Lock _lock = new();
    private readonly Action<string> _log;

    /// <param name="log">Told of a device's 1st, 10th, 100th … refusal: a flood is a few lines.</param>
    public Refusals(Action<string> log)
    {
        _log = log;
    }

    public void Add(string device, string reason)
    {
        device = Clean(device);
        reason = Clean(reason);
        long count;
        lock (_lock)
        {
            device = _devices.ContainsKey(device) || _devices.Count < DevicesMax ? device : Others;
            count = _devices.TryGetValue(device, out DeviceRefusals? known) ? known.Count + 1 : 1;
            _devices[device] = new DeviceRefusals(device, count, reason);
        }

        if (IsPowerOfTen(count))
        {
            _log($"{device}: {count} refused, the last: {reason}");
        }
    }

    public IReadOnlyList<DeviceRefusals> All()
    {
        lock (_lock)
        {
            return [.. _devices.Values.OrderBy(device => device.Device, StringComparer.Ordinal)];
        }
    }

    private static bool IsPowerOfTen(long count)
    {
        while (count % 10 == 0)
        {
            count /= 10;
        }

        return count == 1;
    }

    // Topics and payloads are a stranger's: no line break of theirs gets into a log.
    private static string Clean(string text) =>
        string.Concat(text.Take(CharsMax).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
