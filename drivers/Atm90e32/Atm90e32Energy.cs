using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>
/// The twelve energy counters of three phases, cleared by reading. What was read is in the sums before anything else is
/// asked, and stays there until a reading hands it out: a reading that fails later loses nothing.
/// </summary>
internal sealed class Atm90e32Energy
{
    public const int Forward = 0;
    public const int Reverse = 3;
    public const int ForwardReactive = 6;
    public const int ReverseReactive = 9;

    /// <summary>0.01 pulse of 3200 a kWh: 3.125 mWh in µJ.</summary>
    public const long MicrojoulesPerCount = 11_250_000;

    private const int CounterCount = 12;
    private const int NoCounter = -1;

    private readonly Atm90e32Port _port;
    private readonly long[] _counts = new long[CounterCount];
    private int _doubtful = NoCounter;

    public Atm90e32Energy(Atm90e32Port port)
    {
        _port = port;
    }

    /// <summary>All counts ever read, for who watches that they move.</summary>
    public int Total { get; private set; }

    /// <summary>Reads and clears all. The result is the port's; on any but Good the rest is read next time.</summary>
    public int TakeAll()
    {
        int result = Settle();
        for (int counter = 0; counter < CounterCount && result == Atm90e32Port.Good; counter++)
        {
            result = _port.ReadCleared(AddressOf(counter), out int count, out bool isAsked);
            if (result == Atm90e32Port.Good)
            {
                Add(counter, count);
            }
            else if (isAsked)
            {
                _doubtful = counter;
            }
        }

        return result;
    }

    /// <summary>The chip began anew: what its last transfer moved is gone.</summary>
    public void Forget() => _doubtful = NoCounter;

    /// <summary>What was read since the last call, in µJ.</summary>
    public long TakeMicrojoules(int counter)
    {
        long microjoules = _counts[counter] * MicrojoulesPerCount;
        _counts[counter] = 0;
        return microjoules;
    }

    /// <summary>A read whose end is not known is settled before the chip is asked anything else.</summary>
    private int Settle()
    {
        if (_doubtful == NoCounter)
        {
            return Atm90e32Port.Good;
        }

        int result = _port.Resolve(out int count);
        if (result == Atm90e32Port.Missing || result == Atm90e32Port.Doubtful)
        {
            return result;
        }

        Add(_doubtful, result == Atm90e32Port.Good ? count : 0);
        _doubtful = NoCounter;
        return Atm90e32Port.Good;
    }

    private void Add(int counter, int count)
    {
        _counts[counter] += count;
        Total += count;
    }

    private static int AddressOf(int counter)
    {
        int phase = counter % 3;
        switch (counter - phase)
        {
            case Forward:
                return Atm90e32Register.ForwardEnergyA + phase;
            case Reverse:
                return Atm90e32Register.ReverseEnergyA + phase;
            case ForwardReactive:
                return Atm90e32Register.ForwardReactiveA + phase;
            default:
                Invariant.Require(counter - phase == ReverseReactive, "ATM90E32: no such counter");
                return Atm90e32Register.ReverseReactiveA + phase;
        }
    }
}
