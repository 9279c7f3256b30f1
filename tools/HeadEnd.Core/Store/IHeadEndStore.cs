namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>
/// Where a head-end keeps what devices send. A record's place is (device, journal, number): what comes twice is stored
/// once. Reading is safe from any thread beside one intake; one process takes in, any number may read.
/// </summary>
public interface IHeadEndStore : IDisposable
{
    /// <summary>The database behind it, with its version, for people.</summary>
    string Engine { get; }

    /// <summary>The newest migration that the database has.</summary>
    string SchemaVersion { get; }

    /// <summary>Begins a batch; one at a time.</summary>
    IIntakeTransaction Begin();

    /// <summary>True when nothing can be stored now whatever it is: the disk is full, the file locked, the server away.
    /// False: the message is to blame.</summary>
    bool IsUnavailable(Exception e);

    /// <summary>Every journal, for an intake that starts.</summary>
    IReadOnlyList<JournalRow> Journals();

    /// <summary>Numbers above what is settled that are stored, set apart or in a gap.</summary>
    IReadOnlyList<NumberRange> Ahead();

    /// <summary>Energy per device, local day and rate; of one device, or of all (null).</summary>
    IReadOnlyList<DailyTotal> Totals(string? device);

    /// <summary>Load curve of one device, or of all together (null), by start and rate, in time order.</summary>
    IReadOnlyList<IntervalTotal> Intervals(string? device);

    /// <summary>Freezes in the order of the instants that they stand for; of one device or all, one kind or
    /// all.</summary>
    IReadOnlyList<FrozenRegisters> Freezes(string? device, string? kind);

    /// <summary>Numbers of the present journal from 1 to <paramref name="upTo"/> that are stored or set apart, or that
    /// gaps cover and no record fills.</summary>
    long CountSettled(string device, long upTo);

    /// <summary>Every device that was ever heard of, with counts: an audit that reads every record.</summary>
    IReadOnlyList<DeviceState> Devices();

    /// <summary>Removes records that began before a time.</summary>
    /// <param name="horizonUtcSeconds">Begin of a month.</param>
    /// <returns>How many.</returns>
    long RemoveBefore(long horizonUtcSeconds);
}
