using MeterFirmware.Basics;

namespace MeterFirmware.SiteController;

/// <summary>
/// What current the vehicles of each place take, and on how many phases, from the last visits, so that a vehicle that
/// waits for its slot is planned with what it can take. Two visits that agree are believed; the first that differs is
/// not.
/// </summary>
public sealed class PlaceHabits
{
    private const int UnitMilliamps = 4;
    private const int AlikeMilliamps = 1500;
    private const int BelievedVisits = 2;
    private const int BytesPerPlace = 4;
    private const int PhaseMaskMax = 7;

    private readonly ushort[] _takes;
    private readonly byte[] _mask;
    private readonly byte[] _visits;
    private readonly ushort[] _nowTakes;
    private readonly byte[] _nowMask;

    public PlaceHabits(int places)
    {
        _takes = new ushort[places];
        _mask = new byte[places];
        _visits = new byte[places];
        _nowTakes = new ushort[places];
        _nowMask = new byte[places];
    }

    /// <summary>Bytes that <see cref="Save"/> writes for so many places.</summary>
    public static int StateBytesOf(int places) => BytesPerPlace * places;

    /// <summary>What usually is taken there, mA a phase; 0 = not known, or all that is offered.</summary>
    public int MilliampsOf(int place) => _visits[place] >= BelievedVisits ? _takes[place] * UnitMilliamps : 0;

    /// <summary>Phases that usually are used there, bits 1, 2, 4; 0 = not known.</summary>
    public int PhasesOf(int place) => _visits[place] >= BelievedVisits ? _mask[place] : 0;

    /// <summary>What is seen of the vehicle that is there.</summary>
    /// <param name="milliamps">0 = it takes all that it is offered, or has not yet shown it.</param>
    /// <param name="phaseMask">0 = it has not charged yet.</param>
    public void See(int place, int milliamps, int phaseMask)
    {
        _nowTakes[place] = (ushort)(milliamps / UnitMilliamps);
        _nowMask[place] = (byte)phaseMask;
    }

    /// <summary>The vehicle has left. One that never charged teaches nothing.</summary>
    public void Leave(int place)
    {
        int mask = _nowMask[place];
        _nowMask[place] = 0;
        if (mask == 0)
        {
            return;
        }

        int difference = (_nowTakes[place] - _takes[place]) * UnitMilliamps;
        bool isAlike = mask == _mask[place] && difference <= AlikeMilliamps && difference >= -AlikeMilliamps;
        _visits[place] = (byte)(isAlike && _visits[place] > 0 ? BelievedVisits : 1);
        _takes[place] = _nowTakes[place];
        _mask[place] = (byte)mask;
    }

    public void Save(byte[] target, int offset)
    {
        for (int i = 0; i < _takes.Length; i++, offset += BytesPerPlace)
        {
            LittleEndian.WriteUInt16(target, offset, _takes[i]);
            target[offset + 2] = _mask[i];
            target[offset + 3] = _visits[i];
        }
    }

    /// <summary>Reads what <see cref="Save"/> of as many places wrote. False, and nothing changes: a value is out of
    /// range.</summary>
    public bool TryLoad(byte[] source, int offset)
    {
        for (int i = 0; i < _takes.Length; i++)
        {
            int at = offset + i * BytesPerPlace;
            if (source[at + 2] > PhaseMaskMax || source[at + 3] > BelievedVisits)
            {
                return false;
            }
        }

        for (int i = 0; i < _takes.Length; i++, offset += BytesPerPlace)
        {
            _takes[i] = (ushort)LittleEndian.ReadUInt16(source, offset);
            _mask[i] = source[offset + 2];
            _visits[i] = source[offset + 3];
        }

        return true;
    }
}
