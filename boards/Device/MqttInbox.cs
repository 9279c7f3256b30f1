using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// Between M2Mqtt's dispatch thread and the tick: a ring of so many messages. A message that finds it full is dropped
/// and counted; the broker believes it delivered, so whoever sent it has to repeat it, as all our protocols do.
/// </summary>
internal sealed class MqttInbox
{
    private readonly string[] _topics;
    private readonly byte[][] _payloads;
    private readonly int[] _lengths;
    private readonly int _payloadBytesMax;
    private readonly object _gate = new object();
    private int _first;
    private int _count;

    public MqttInbox(int messages, int payloadBytesMax)
    {
        _topics = new string[messages];
        _payloads = new byte[messages][];
        _lengths = new int[messages];
        _payloadBytesMax = payloadBytesMax;
    }

    public int Dropped { get; private set; }

    public void Clear()
    {
        lock (_gate)
        {
            while (_count > 0)
            {
                Release();
            }
        }
    }

    public void Put(string topic, byte[] payload)
    {
        lock (_gate)
        {
            if (_count == _topics.Length)
            {
                Dropped++;
                return;
            }

            int at = (_first + _count) % _topics.Length;
            _topics[at] = topic;
            _lengths[at] = payload == null ? 0 : payload.Length;

            // An oversized one keeps its length only: the receiver has to refuse it, not to hold it.
            _payloads[at] = _lengths[at] > _payloadBytesMax ? null : payload;
            _count++;
        }
    }

    public bool TryTake(MqttMessage message)
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return false;
            }

            byte[] payload = _payloads[_first];
            int length = _lengths[_first];
            message.Topic = _topics[_first];

            // Above the reader's own limit as well: PayloadLength says so, and nothing is copied.
            message.PayloadLength = payload == null && length > 0 && length <= message.PayloadBytesMax
                ? message.PayloadBytesMax + 1 : length;
            if (payload != null && length <= message.PayloadBytesMax)
            {
                System.Array.Copy(payload, 0, message.Payload, 0, length);
            }

            Release();
            return true;
        }
    }

    private void Release()
    {
        _topics[_first] = null;
        _payloads[_first] = null;
        _first = (_first + 1) % _topics.Length;
        _count--;
    }
}
