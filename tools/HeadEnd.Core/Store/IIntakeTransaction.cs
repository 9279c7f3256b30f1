namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>One batch on its way into a store: all of it is durable when <see cref="Commit"/> returns, or nothing is.
/// </summary>
public interface IIntakeTransaction : IDisposable
{
    /// <summary>The first since this process became the one that takes in: another one may have written before, so what
    /// is known of the store has to be read now.</summary>
    bool IsFirst { get; }

    /// <summary>Adds a device.</summary>
    /// <returns>Its row.</returns>
    long AddDevice(string address, long nowUtcSeconds);

    /// <summary>Adds a journal of a device.</summary>
    /// <returns>Its row.</returns>
    long AddJournal(long deviceId, string name);

    /// <summary>Makes a journal the present one of its device.</summary>
    void MakeCurrent(long deviceId, long journalId);

    /// <summary>Takes a birth or a will.</summary>
    /// <param name="deviceId">Row of the device.</param>
    /// <param name="journalId">Row of the journal that it speaks of.</param>
    /// <param name="status">What it says.</param>
    /// <param name="nowUtcSeconds">When it came.</param>
    void UpdateStatus(long deviceId, long journalId, StatusArrival status, long nowUtcSeconds);

    /// <summary>Adds numbers that will never come, unless they are there already.</summary>
    void AddGap(NumberRange numbers, string reason);

    /// <summary>Adds numbers that the device called settled before they came here.</summary>
    void AddSettledElsewhere(NumberRange numbers);

    /// <summary>Sets a record apart that says what cannot be.</summary>
    void AddQuarantine(long journalId, long number, string reason, byte[] body);

    /// <summary>Keeps another record under a known number. False: it is kept already, or too many are.</summary>
    bool TryAddConflict(long journalId, long number, byte[] body);

    /// <summary>Adds records; one that is there already stays as it is.</summary>
    /// <param name="rows">In the order of arrival.</param>
    /// <param name="nowUtcSeconds">When they came.</param>
    RecordsAdded AddRecords(IReadOnlyList<RecordRow> rows, long nowUtcSeconds);

    /// <summary>Notes how far journals have come.</summary>
    void Settle(IReadOnlyList<JournalProgress> journals);

    /// <summary>Makes it durable.</summary>
    void Commit();
}
