namespace MeterFirmware.Commands;

/// <summary>What became of the messages since start-up, by reason: part of the health report.</summary>
public sealed class CommandCounters
{
    private readonly int[] _refused = new int[CommandRefusal.Count];

    /// <summary>Commands carried out, or documents taken.</summary>
    public int Accepted { get; internal set; }

    /// <summary>All refusals, and deliveries of what had been taken before.</summary>
    public int Refused { get; private set; }

    /// <summary>Refusals for one reason of <see cref="CommandRefusal"/>.</summary>
    public int RefusedFor(int refusal) => _refused[refusal];

    internal void NoteRefused(int refusal)
    {
        Refused++;
        _refused[refusal]++;
    }
}
