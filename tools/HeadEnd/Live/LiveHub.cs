using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace MeterFirmware.Tools.HeadEnds.Web.Live;

/// <summary>Newest readings of devices for whoever listens now. One that is slow loses the oldest, and holds nobody
/// up.</summary>
public sealed class LiveHub
{
    private const int WaitingMax = 100;

    private readonly ConcurrentDictionary<Channel<string>, string> _listeners = [];

    /// <summary>Listeners now.</summary>
    public int Count => _listeners.Count;

    /// <summary>Hands a device's message on; called by the receiving thread.</summary>
    public void Publish(string device, ReadOnlyMemory<byte> message)
    {
        if (_listeners.IsEmpty)
        {
            return;
        }

        string text = Encoding.UTF8.GetString(message.Span).ReplaceLineEndings(" ");
        foreach ((Channel<string> listener, string wanted) in _listeners)
        {
            if (wanted == device)
            {
                listener.Writer.TryWrite(text);
            }
        }
    }

    /// <summary>A device's messages from now on.</summary>
    public async IAsyncEnumerable<string> ListenAsync(string device,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        Channel<string> channel = Channel.CreateBounded<string>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[channel] = device;
        try
        {
            await foreach (string message in channel.Reader.ReadAllAsync(cancel))
            {
                yield return message;
            }
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
