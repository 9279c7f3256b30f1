using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

/// <summary>One chip on its twin, as the conservation suite sees it: its time, its load and its faults.</summary>
internal abstract class ConservationBench
{
    protected static readonly int[] BusFaults = { TwinFault.Unplugged, TwinFault.Slow, TwinFault.AllOnes };

    /// <summary>Name in messages.</summary>
    public abstract string Name { get; }

    public abstract IPowerSensor Sensor { get; }

    public virtual int PhaseCount => 1;

    /// <summary>False: the chip counts energy of either direction as import; the suite then only imports.</summary>
    public virtual bool CountsExport => true;

    /// <summary>How long after a restart its gap may show when only the counter's fall tells it (ms).</summary>
    public virtual long RestartTellMsMax => 0;

    /// <summary>False: the chip has nothing that tells a restart for sure; a fall of its counter does.</summary>
    public virtual bool TellsRestarts => true;

    /// <summary>How far the sums of a phase may be from what was fed, in µJ: counts under way, and what flows while a
    /// frame is on the line.</summary>
    public abstract long ToleranceMicrojoules { get; }

    /// <summary>What the driver says that it bridges.</summary>
    public abstract long GapMsMax { get; }

    /// <summary>The longest step between two readings in the suite.</summary>
    public abstract int StepMsMax { get; }

    /// <summary>The shortest: a serial driver may hand out what it asked for so long ago.</summary>
    public virtual int StepMsMin => 1;

    /// <summary>The first step after a restart.</summary>
    public virtual int StepAfterRestartMs => 1_000;

    /// <summary>Calls in which a reading is complete: 1, or more where the chip talks on a serial line.</summary>
    public virtual int CallCountMax => 1;

    /// <summary>Time between two such calls.</summary>
    public virtual int CallMs => 25;

    /// <summary>Bits of <see cref="TwinFault"/> of which one stands at a time.</summary>
    public virtual int[] FaultChoices => BusFaults;

    public abstract void SetLoad(int phase, int milliwatts);

    public abstract void Advance(long milliseconds);

    public abstract void Restart();

    public abstract void SetFaults(int faults);

    /// <summary>Lets some transfers fail, one of them in the middle of the next reading perhaps.</summary>
    /// <param name="count">How many.</param>
    /// <param name="after">After how many good ones.</param>
    public abstract void FailTransfers(int count, int after);
}
