using System.Collections.Concurrent;
using System.Text;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The acknowledgement keys of devices: all that an intake worker has to hold. Such a key acknowledges and nothing
/// else; no command can be signed with it, and neither the secret nor another key can be made from it.
/// As text one line a device, <c>DEVICE KEY</c>, the key in 64 hex digits; empty lines and lines that begin with # are
/// skipped.
/// </summary>
public sealed class AcknowledgementKeys
{
    public const int KeyBytes = 32;

    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public int Count => _keys.Count;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">Names the line and what was expected there; nothing of the text is
    /// taken.</exception>
    public static AcknowledgementKeys Parse(string text)
    {
        AcknowledgementKeys keys = new();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || !TelemetrySettings.IsDevice(parts[0]))
            {
                throw new FormatException($"line {i + 1}: a device address, a space and its key were expected");
            }

            if (parts[1].Length != 2 * KeyBytes || !parts[1].All(char.IsAsciiHexDigit))
            {
                // Never the digits themselves: they are a key, and this goes into a log.
                throw new FormatException(
                    $"line {i + 1}: the key of {parts[0]}: {2 * KeyBytes} hex digits were expected");
            }

            if (!keys._keys.TryAdd(parts[0], Convert.FromHexString(parts[1])))
            {
                throw new FormatException($"line {i + 1}: {parts[0]} stands in an earlier line too");
            }
        }

        return keys.Count > 0 ? keys : throw new FormatException("no line with a device and its key");
    }

    /// <summary>The device's key; null: it is not known here.</summary>
    public byte[]? Of(string device) => _keys.GetValueOrDefault(device);

    /// <summary>Puts a device's key in, or another one in its place.</summary>
    /// <param name="key">DeviceSecurity.AcknowledgementKeyOf of its secret.</param>
    public void Set(string device, byte[] key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes, nameof(key));
        _keys[device] = key;
    }

    /// <summary>The text form, in order of the addresses. Whoever writes it to a file keeps others from reading
    /// it.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        foreach ((string device, byte[] key) in _keys.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            text.Append(device).Append(' ').Append(Convert.ToHexStringLower(key)).Append('\n');
        }

        return text.ToString();
    }
}
