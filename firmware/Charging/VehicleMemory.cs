using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>What the vehicles of a few drivers took on their last visits, by a check sum of their token; the one that
/// was here longest ago goes first. Kept over a loss of supply.</summary>
public sealed class VehicleMemory
{
    /// <summary>A family and its guests.</summary>
    public const int Count = 6;

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytes = Count * EntryBytes;

    private const int EntryBytes = 12;
    private const int PhasesMax = 3;
    private const int MilliampsMax = 200_000;

    // The newest visit first; 0 phases = none.
    private readonly uint[] _key = new uint[Count];
    private readonly int[] _phases = new int[Count];
    private readonly int[] _milliamps = new int[Count];

    /// <summary>True: the driver was here before, and his vehicle's acceptance is recalled.</summary>
    public bool TryRecall(uint key, VehicleAcceptance acceptance)
    {
        int at = Find(key);
        if (at < 0)
        {
            return false;
        }

        acceptance.Recall(_phases[at], _milliamps[at]);
        return true;
    }

    /// <summary>Notes what was learnt in a visit that is over.</summary>
    public void Remember(uint key, VehicleAcceptance acceptance)
    {
        int at = Find(key);
        for (int i = at < 0 ? Count - 1 : at; i > 0; i--)
        {
            _key[i] = _key[i - 1];
            _phases[i] = _phases[i - 1];
            _milliamps[i] = _milliamps[i - 1];
        }

        _key[0] = key;
        _phases[0] = acceptance.PhaseCount;
        _milliamps[0] = acceptance.MilliampsMax;
    }

    public void Save(byte[] bytes, int offset)
    {
        for (int i = 0; i < Count; i++)
        {
            LittleEndian.WriteInt32(bytes, offset + i * EntryBytes, (int)_key[i]);
            LittleEndian.WriteInt32(bytes, offset + i * EntryBytes + 4, _phases[i]);
            LittleEndian.WriteInt32(bytes, offset + i * EntryBytes + 8, _milliamps[i]);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: an entry that no vehicle can have; it is not
    /// taken.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        bool isGood = true;
        for (int i = 0; i < Count; i++)
        {
            int phases = LittleEndian.ReadInt32(bytes, offset + i * EntryBytes + 4);
            int milliamps = LittleEndian.ReadInt32(bytes, offset + i * EntryBytes + 8);
            bool isPossible = phases >= 0 && phases <= PhasesMax && milliamps >= 0 && milliamps <= MilliampsMax;
            isGood &= isPossible;
            _key[i] = (uint)LittleEndian.ReadInt32(bytes, offset + i * EntryBytes);
            _phases[i] = isPossible ? phases : 0;
            _milliamps[i] = isPossible ? milliamps : 0;
        }

        return isGood;
    }

    private int Find(uint key)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_phases[i] > 0 && _key[i] == key)
            {
                return i;
            }
        }

        return -1;
    }
}
