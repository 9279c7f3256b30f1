using MeterFirmware.Basics;

namespace MeterFirmware.SiteController;

/// <summary>What the site drew since it was commissioned, and what site and members drew in the running interval of its
/// records.</summary>
public sealed class SiteEnergy
{
    private const long MicrojoulesPerMilliwattHour = 3_600_000;
    private const int PhaseCountMax = 3;

    private readonly long[] _members;
    private readonly int[] _peakMilliamps = new int[PhaseCountMax];
    private long _interval;

    public SiteEnergy(int members)
    {
        _members = new long[members];
    }

    /// <summary>The register: whole Wh …</summary>
    public long WattHours { get; private set; }

    /// <summary>… and the rest in µJ.</summary>
    public long Microjoules { get; private set; }

    /// <summary>Drawn in the interval, mWh.</summary>
    public long IntervalMilliwattHours => _interval / MicrojoulesPerMilliwattHour;

    /// <summary>Drawn by a member in the interval, Wh to the nearest.</summary>
    public int MemberWattHours(int member) =>
        (int)((_members[member] + Scaling.MicrojoulesPerWattHour / 2) / Scaling.MicrojoulesPerWattHour);

    /// <summary>Highest current of a phase in the interval, mA.</summary>
    public int PeakMilliamps(int phase) => _peakMilliamps[phase];

    /// <summary>Counts what the site drew, µJ; what it fed in is none.</summary>
    public void Add(long microjoules)
    {
        if (microjoules <= 0)
        {
            return;
        }

        _interval += microjoules;
        Microjoules += microjoules;
        WattHours += Microjoules / Scaling.MicrojoulesPerWattHour;
        Microjoules %= Scaling.MicrojoulesPerWattHour;
    }

    /// <summary>Counts what a member drew, µJ.</summary>
    public void AddMember(int member, long microjoules) => _members[member] += microjoules;

    /// <summary>A phase's current at the mains now, mA.</summary>
    public void NotePhase(int phase, int milliamps)
    {
        if (milliamps > _peakMilliamps[phase])
        {
            _peakMilliamps[phase] = milliamps;
        }
    }

    /// <summary>Puts the register where it stood.</summary>
    public void Restore(long wattHours, long microjoules)
    {
        WattHours = wattHours;
        Microjoules = microjoules;
    }

    /// <summary>A new interval begins.</summary>
    public void BeginInterval()
    {
        _interval = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            _members[i] = 0;
        }

        for (int phase = 0; phase < PhaseCountMax; phase++)
        {
            _peakMilliamps[phase] = 0;
        }
    }
}
