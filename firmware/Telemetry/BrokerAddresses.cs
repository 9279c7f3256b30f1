namespace MeterFirmware.Telemetry;

/// <summary>
/// The brokers that a device knows, tried in turn: "HOST,HOST:PORT,…", one of them being enough. A good connection that
/// was lost is made anew at the same broker; one that could not be made, did not last, or was given up because nobody
/// answers behind it, moves on to the next.
/// </summary>
public sealed class BrokerAddresses
{
    public const int CountMax = 8;

    /// <summary>Longest text.</summary>
    public const int TextBytesMax = 128;

    /// <summary>A connection that was open for so long was a good one.</summary>
    private const int StableMs = 30_000;

    private const int PortMax = 65_535;

    private readonly string[] _hosts = new string[CountMax];
    private readonly int[] _ports = new int[CountMax];
    private int _at;

    private BrokerAddresses()
    {
    }

    /// <summary>0: no broker.</summary>
    public int Count { get; private set; }

    /// <summary>Whose turn it is; empty: there is none.</summary>
    public string Host => Count == 0 ? "" : _hosts[_at];

    public int Port => Count == 0 ? 0 : _ports[_at];

    /// <summary>Reads a list. False: it is none.</summary>
    /// <param name="text">Empty: no broker.</param>
    /// <param name="portElse">Of a broker that names none.</param>
    /// <param name="addresses">The first has its turn.</param>
    public static bool TryParse(string text, int portElse, out BrokerAddresses addresses)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = text[i] > '~' ? (byte)0 : (byte)text[i];
        }

        addresses = new BrokerAddresses();
        if (!IsList(bytes, 0, bytes.Length))
        {
            return false;
        }

        for (int from = 0; from < bytes.Length;)
        {
            int end = EndOf(bytes, from, bytes.Length);
            int colon = ColonOf(bytes, from, end);
            int hostEnd = colon < 0 ? end : colon;
            addresses._hosts[addresses.Count] = text.Substring(from, hostEnd - from);
            addresses._ports[addresses.Count] = colon < 0 ? portElse : PortOf(bytes, colon + 1, end);
            addresses.Count++;
            from = end + 1;
        }

        return true;
    }

    /// <summary>True for a text that <see cref="TryParse"/> takes; allocates nothing.</summary>
    public static bool IsList(byte[] bytes, int offset, int count)
    {
        int end = offset + count;
        int hosts = 0;
        for (int from = offset; from < end && hosts <= CountMax; hosts++)
        {
            int to = EndOf(bytes, from, end);
            if (!IsAddress(bytes, from, to) || to == end - 1)
            {
                return false;
            }

            from = to + 1;
        }

        return hosts <= CountMax && count <= TextBytesMax;
    }

    /// <summary>Notes that a connection to the present broker ended.</summary>
    /// <param name="openMs">How long it was open; 0: it never was.</param>
    /// <param name="isGivenUp">It was open still.</param>
    public void NoteEnd(long openMs, bool isGivenUp)
    {
        if (Count > 1 && (openMs < StableMs || isGivenUp))
        {
            _at = (_at + 1) % Count;
        }
    }

    private static bool IsAddress(byte[] bytes, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (bytes[i] <= ' ' || bytes[i] > '~')
            {
                return false;
            }
        }

        int colon = ColonOf(bytes, from, to);
        return to > from && colon != from && (colon < 0 || PortOf(bytes, colon + 1, to) > 0);
    }

    private static int EndOf(byte[] bytes, int from, int end)
    {
        int at = from;
        while (at < end && bytes[at] != ',')
        {
            at++;
        }

        return at;
    }

    // The only colon; −1: none, or several, as an address of IPv6 has.
    private static int ColonOf(byte[] bytes, int from, int to)
    {
        int colon = -1;
        for (int i = from; i < to; i++)
        {
            if (bytes[i] == ':')
            {
                if (colon >= 0)
                {
                    return -1;
                }

                colon = i;
            }
        }

        return colon;
    }

    // 0: no port.
    private static int PortOf(byte[] bytes, int from, int to)
    {
        int port = 0;
        for (int i = from; i < to; i++)
        {
            if (bytes[i] < '0' || bytes[i] > '9' || port > PortMax)
            {
                return 0;
            }

            port = port * 10 + bytes[i] - '0';
        }

        return port > PortMax ? 0 : port;
    }
}
