using MeterFirmware.SiteBus;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>What lies between the devices of a site in tests: loses, doubles, delays frames and cuts them off by order.</summary>
public sealed class SiteAir
{
    private readonly Port[] _ports;
    private uint _seed;

    public SiteAir(int ports, uint seed)
    {
        _ports = new Port[ports];
        _seed = seed;
        Side = new int[ports];
        for (int i = 0; i < ports; i++)
        {
            _ports[i] = new Port(this, i);
        }
    }

    public long NowMs { get; set; }

    public int LossPermille { get; set; }

    public int DoublePermille { get; set; }

    public int DelayMsMax { get; set; }

    /// <summary>Ports hear each other only on the same side; −1 hears and is heard by nobody.</summary>
    public int[] Side { get; }

    public ISiteBus PortAt(int port) => _ports[port];

    public int Next(int below)
    {
        _seed = _seed * 1_664_525 + 1_013_904_223;
        return (int)((_seed >> 8) % (uint)below);
    }

    private void Spread(int from, byte[] frame)
    {
        for (int to = 0; to < _ports.Length; to++)
        {
            if (to == from || Side[from] < 0 || Side[from] != Side[to] || Next(1000) < LossPermille)
            {
                continue;
            }

            _ports[to].Put(frame, NowMs + (DelayMsMax > 0 ? Next(DelayMsMax) : 0));
            if (Next(1000) < DoublePermille)
            {
                _ports[to].Put(frame, NowMs + Next(DelayMsMax + 1000));
            }
        }
    }

    private sealed class Port : ISiteBus
    {
        private const int Room = 512;
        private readonly SiteAir _air;
        private readonly int _number;
        private readonly byte[][] _frames = new byte[Room][];
        private readonly long[] _dueMs = new long[Room];
        private readonly bool[] _used = new bool[Room];

        public Port(SiteAir air, int number)
        {
            _air = air;
            _number = number;
            for (int i = 0; i < Room; i++)
            {
                _frames[i] = new byte[SiteFrame.Length];
            }
        }

        public void Put(byte[] frame, long dueMs)
        {
            for (int i = 0; i < Room; i++)
            {
                if (!_used[i])
                {
                    _used[i] = true;
                    _dueMs[i] = dueMs;
                    for (int b = 0; b < SiteFrame.Length; b++)
                    {
                        _frames[i][b] = frame[b];
                    }

                    return;
                }
            }
        }

        public bool TrySend(byte[] frame, int length)
        {
            _air.Spread(_number, frame);
            return true;
        }

        public bool TryReceive(byte[] frame, out int length)
        {
            int best = -1;
            for (int i = 0; i < Room; i++)
            {
                if (_used[i] && _dueMs[i] <= _air.NowMs && (best < 0 || _dueMs[i] < _dueMs[best]))
                {
                    best = i;
                }
            }

            length = SiteFrame.Length;
            if (best < 0)
            {
                return false;
            }

            _used[best] = false;
            for (int b = 0; b < length; b++)
            {
                frame[b] = _frames[best][b];
            }

            return true;
        }
    }
}
