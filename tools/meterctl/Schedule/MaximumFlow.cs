namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Dinic's maximum flow over an edge list. Edges may be added between calls; a later call only adds flow,
/// and never takes any from an edge into the sink.</summary>
public sealed class MaximumFlow
{
    private readonly List<int> _to = [];
    private readonly List<int> _following = [];
    private readonly List<long> _capacity = [];
    private readonly int[] _first;
    private readonly int[] _level;
    private readonly int[] _cursor;
    private readonly int[] _queue;
    private readonly int[] _path;

    public MaximumFlow(int nodes)
    {
        _first = new int[nodes];
        Array.Fill(_first, -1);
        _level = new int[nodes];
        _cursor = new int[nodes];
        _queue = new int[nodes];
        _path = new int[nodes];
    }

    public void Add(int from, int to, long capacity)
    {
        AddHalf(from, to, capacity);
        AddHalf(to, from, 0);
    }

    /// <summary>Flow added by this call.</summary>
    public long Augment(int source, int sink)
    {
        long flow = 0;
        while (Levels(source, sink))
        {
            Array.Copy(_first, _cursor, _first.Length);
            long pushed;
            while ((pushed = Push(source, sink)) > 0)
            {
                flow += pushed;
            }
        }

        return flow;
    }

    private void AddHalf(int from, int to, long capacity)
    {
        _to.Add(to);
        _capacity.Add(capacity);
        _following.Add(_first[from]);
        _first[from] = _to.Count - 1;
    }

    private bool Levels(int source, int sink)
    {
        Array.Fill(_level, -1);
        _level[source] = 0;
        _queue[0] = source;
        int head = 0;
        int tail = 1;
        while (head < tail)
        {
            int node = _queue[head++];
            for (int edge = _first[node]; edge >= 0; edge = _following[edge])
            {
                if (_capacity[edge] > 0 && _level[_to[edge]] < 0)
                {
                    _level[_to[edge]] = _level[node] + 1;
                    _queue[tail++] = _to[edge];
                }
            }
        }

        return _level[sink] >= 0;
    }

    // One augmenting path, without recursion: a file may chain thousands of sessions.
    private long Push(int source, int sink)
    {
        int depth = 0;
        int node = source;
        while (node != sink)
        {
            int edge = _cursor[node];
            while (edge >= 0 && (_capacity[edge] == 0 || _level[_to[edge]] != _level[node] + 1))
            {
                edge = _following[edge];
            }

            _cursor[node] = edge;
            if (edge >= 0)
            {
                _path[depth++] = edge;
                node = _to[edge];
            }
            else if (depth == 0)
            {
                return 0;
            }
            else
            {
                _level[node] = -1;
                depth--;
                node = _to[_path[depth] ^ 1];
            }
        }

        long least = long.MaxValue;
        for (int i = 0; i < depth; i++)
        {
            least = Math.Min(least, _capacity[_path[i]]);
        }

        for (int i = 0; i < depth; i++)
        {
            _capacity[_path[i]] -= least;
            _capacity[_path[i] ^ 1] += least;
        }

        return least;
    }
}
