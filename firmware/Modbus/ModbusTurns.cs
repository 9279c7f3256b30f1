using MeterFirmware.Basics;

namespace MeterFirmware.Modbus;

/// <summary>
/// Several units polled on one line, each by a user of its own: the line belongs to one user from its request to the
/// answer, then to the next one that wants it. A unit that says nothing is asked once instead of three times and rests
/// for a while, so that it takes no more than a fifth of the line from the others. Nothing is allocated after
/// construction.</summary>
public sealed class ModbusTurns
{
    public const int UsersMax = 4;

    /// <summary>A silent unit rests for so many times the time that it has cost.</summary>
    public const int RestFactor = 4;

    // A user that no longer asks is waited for no longer.
    private const int WantMsMax = 1_000;
    private const int None = -1;

    private readonly int _tries;
    private readonly long[] _wantedMs = new long[UsersMax];
    private readonly long[] _restUntilMs = new long[UsersMax];
    private readonly bool[] _wants = new bool[UsersMax];
    private readonly bool[] _isSilent = new bool[UsersMax];
    private int _count;
    private int _holder = None;
    private int _last = None;
    private long _takenMs;
    private long _endedMs;

    /// <param name="client">The line; its <see cref="ModbusClient.Tries"/> hold for units that answer.</param>
    public ModbusTurns(ModbusClient client)
    {
        Client = client;
        _tries = client.Tries;
    }

    public ModbusClient Client { get; }

    /// <summary>A new user's number.</summary>
    public int Join()
    {
        Invariant.Require(_count < UsersMax, "a Modbus line has four users at most");
        return _count++;
    }

    /// <summary>False: the turn of one that did not look at its answer in time was over.</summary>
    public bool Holds(int user) => _holder == user;

    /// <summary>True: the line is the user's until <see cref="Release"/>. False: to be asked again.</summary>
    public bool TryTake(int user, long nowMs)
    {
        if (_holder == user)
        {
            return true;
        }

        if (nowMs < _restUntilMs[user])
        {
            return false;
        }

        _wants[user] = true;
        _wantedMs[user] = nowMs;
        DropLost(nowMs);
        if (_holder != None || !IsNext(user, nowMs))
        {
            return false;
        }

        _holder = user;
        _wants[user] = false;
        _takenMs = nowMs;
        _endedMs = -1;
        Client.Tries = _isSilent[user] ? 1 : _tries;
        return true;
    }

    /// <summary>The user's turn is over.</summary>
    /// <param name="isHeard">The unit answered, if only by a refusal, or nothing was asked.</param>
    public void Release(int user, bool isHeard, long nowMs)
    {
        if (_holder != user)
        {
            return;
        }

        _holder = None;
        _last = user;
        _isSilent[user] = !isHeard;
        _restUntilMs[user] = _isSilent[user] ? nowMs + RestFactor * (nowMs - _takenMs) : nowMs;
    }

    // A holder that does not come for its answer.
    private void DropLost(long nowMs)
    {
        if (_holder == None || Client.Outcome == ModbusOutcome.Waiting)
        {
            return;
        }

        _endedMs = _endedMs < 0 ? nowMs : _endedMs;
        if (nowMs - _endedMs > WantMsMax)
        {
            _last = _holder;
            _holder = None;
        }
    }

    // The first behind the last one that wants the line.
    private bool IsNext(int user, long nowMs)
    {
        for (int i = 1; i <= _count; i++)
        {
            int other = (_last + i) % _count;
            if (other == user)
            {
                return true;
            }

            if (_wants[other] && nowMs - _wantedMs[other] <= WantMsMax)
            {
                return false;
            }
        }

        return true;
    }
}
