using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// What users and stations usually do, for drivers who tell neither energy nor departure: moving mean and mean
/// deviation of energy and of the time of day they leave, per key (a hash of the user's or the station's name), in a
/// table sized at start. A full table forgets the key that was used longest ago.
/// </summary>
public sealed class StayHistory
{
    private const int MemorySessions = 6;

    private readonly uint[] _key;
    private readonly int[] _count;
    private readonly int[] _usedAt;
    private readonly int[] _energy;
    private readonly int[] _energyDeviation;
    private readonly int[] _stay;
    private readonly int[] _stayDeviation;
    private int _clock;

    public StayHistory(int keysMax)
    {
        Invariant.Require(keysMax > 0, "a history needs room");
        _key = new uint[keysMax];
        _count = new int[keysMax];
        _usedAt = new int[keysMax];
        _energy = new int[keysMax];
        _energyDeviation = new int[keysMax];
        _stay = new int[keysMax];
        _stayDeviation = new int[keysMax];
    }

    /// <summary>Hash of a name (FNV-1a), never 0.</summary>
    public static uint KeyOf(string name)
    {
        uint hash = 2_166_136_261;
        for (int i = 0; i < name.Length; i++)
        {
            hash = (hash ^ name[i]) * 16_777_619;
        }

        return hash == 0 ? 1 : hash;
    }

    /// <summary>Learns a finished session.</summary>
    /// <param name="milliampSlots">Energy taken, in milliamp-slots a phase.</param>
    /// <param name="staySlots">Slots plugged in; below 0 the clock was set back meanwhile, and nothing is
    /// learnt.</param>
    public void Learn(uint key, int milliampSlots, int staySlots)
    {
        if (staySlots < 0)
        {
            return;
        }

        int at = Find(key);
        if (at < 0)
        {
            at = Oldest();
            _key[at] = key;
            _count[at] = 0;
            _energyDeviation[at] = 0;
            _stayDeviation[at] = 0;
        }

        _usedAt[at] = ++_clock;
        int divisor = _count[at] < MemorySessions ? _count[at] + 1 : MemorySessions;
        if (_count[at] == 0)
        {
            _energy[at] = milliampSlots;
            _stay[at] = staySlots;
        }
        else
        {
            int energyError = milliampSlots - _energy[at];
            int stayError = staySlots - _stay[at];
            _energy[at] += energyError / divisor;
            _stay[at] += stayError / divisor;
            _energyDeviation[at] += ((energyError < 0 ? -energyError : energyError) - _energyDeviation[at]) / divisor;
            _stayDeviation[at] += ((stayError < 0 ? -stayError : stayError) - _stayDeviation[at]) / divisor;
        }

        _count[at]++;
    }

    /// <summary>What to expect of a session: a little more energy and a little less time than usual.</summary>
    /// <returns>False: fewer than two sessions are known.</returns>
    public bool TryExpect(uint key, out int milliampSlots, out int staySlots)
    {
        int at = Find(key);
        milliampSlots = 0;
        staySlots = 0;
        if (at < 0 || _count[at] < 2)
        {
            return false;
        }

        milliampSlots = _energy[at] + _energyDeviation[at];
        int early = _stay[at] - 2 * _stayDeviation[at];
        staySlots = early > _stay[at] / 8 ? early : _stay[at] / 8;
        staySlots = staySlots > 1 ? staySlots : 1;
        return true;
    }

    /// <summary>Bytes that <see cref="Save"/> writes for so many keys.</summary>
    public static int StateBytesOf(int keysMax) => 4 * (7 * keysMax + 1);

    /// <summary>Writes what was learnt. The caller adds a check sum.</summary>
    public void Save(byte[] target, int offset)
    {
        int at = LittleEndian.WriteInts(target, offset, _count);
        at = LittleEndian.WriteInts(target, at, _usedAt);
        at = LittleEndian.WriteInts(target, at, _energy);
        at = LittleEndian.WriteInts(target, at, _energyDeviation);
        at = LittleEndian.WriteInts(target, at, _stay);
        at = LittleEndian.WriteInts(target, at, _stayDeviation);
        LittleEndian.WriteInt32(target, at, _clock);
        at += 4;
        for (int i = 0; i < _key.Length; i++, at += 4)
        {
            LittleEndian.WriteInt32(target, at, (int)_key[i]);
        }
    }

    /// <summary>Reads what <see cref="Save"/> of as many keys wrote. False, and nothing changes: a value that none of
    /// ours can be.</summary>
    public bool TryLoad(byte[] source, int offset)
    {
        int keys = offset + 4 * (6 * _key.Length + 1);
        if (LittleEndian.HasNegativeInt(source, offset, keys))
        {
            return false;
        }

        int at = LittleEndian.ReadInts(source, offset, _count);
        at = LittleEndian.ReadInts(source, at, _usedAt);
        at = LittleEndian.ReadInts(source, at, _energy);
        at = LittleEndian.ReadInts(source, at, _energyDeviation);
        at = LittleEndian.ReadInts(source, at, _stay);
        at = LittleEndian.ReadInts(source, at, _stayDeviation);
        _clock = LittleEndian.ReadInt32(source, at);
        for (int i = 0; i < _key.Length; i++)
        {
            _key[i] = (uint)LittleEndian.ReadInt32(source, keys + 4 * i);
        }

        return true;
    }

    private int Find(uint key)
    {
        for (int i = 0; i < _key.Length; i++)
        {
            if (_count[i] > 0 && _key[i] == key)
            {
                return i;
            }
        }

        return -1;
    }

    private int Oldest()
    {
        int oldest = 0;
        for (int i = 0; i < _key.Length; i++)
        {
            if (_count[i] == 0)
            {
                return i;
            }

            oldest = _usedAt[i] < _usedAt[oldest] ? i : oldest;
        }

        return oldest;
    }
}
