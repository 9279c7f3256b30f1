namespace MeterFirmware.Dlt698;

/// <summary>
/// What a DL/T 698.45 server needs from the meter it speaks for. Objects are four bytes: identifier, attribute, index
/// (0 for all). Results are <see cref="Dlt698Error"/>; what was written with an error is taken back. Times are local
/// seconds since 1970. Nothing here may allocate or block.
/// </summary>
public interface IDlt698Meter
{
    /// <summary>Six BCD bytes, low byte first.</summary>
    byte[] Address { get; }

    /// <summary>An event waits to be reported: the object of its records; 0: none.</summary>
    int WaitingReport { get; }

    /// <summary>An answer begins: what was looked up for the one before may have changed.</summary>
    void BeginAnswer();

    /// <summary>False while it is not known.</summary>
    bool TryReadClock(out long localSeconds);

    /// <summary>Writes an object's data.</summary>
    int Get(int oad, Dlt698Writer writer);

    /// <summary>Takes all of the data or nothing of it.</summary>
    /// <param name="data">Stands at the data's type.</param>
    /// <param name="client">Address of who asks.</param>
    int Set(int oad, Dlt698Reader data, int client);

    /// <summary>Runs a method: identifier, method, mode.</summary>
    int Act(int omd, Dlt698Reader data, int client);

    /// <summary>Begins to read the rows of a record, the older first.</summary>
    /// <param name="fromLocalSeconds">The first row at or after this time ...</param>
    /// <param name="last">... or, above 0, the last n-th, the oldest when there are fewer.</param>
    /// <param name="isSingle">No row when there are fewer.</param>
    int OpenRecord(int oad, long fromLocalSeconds, int last, bool isSingle);

    /// <summary>Goes to the next row, with the first call to the first one. False: there is none.</summary>
    bool TryNextRow();

    /// <summary>What a row is selected by: its times and its number. False: the row has no such.</summary>
    bool TryRowKey(int oi, out long value);

    /// <summary>The n-th object that a row of a record keeps, from 0; 0: there are no more.</summary>
    int Column(int oad, int index);

    /// <summary>Writes an object of the row; NULL for what it does not keep.</summary>
    void WriteColumn(int oad, Dlt698Writer writer);

    /// <summary>Checks a password of CONNECT: what it allows, bits of <see cref="Dlt698Rights"/>; −1: it is wrong.
    /// </summary>
    int Login(byte[] bytes, int offset, int count, long nowMs);

    /// <summary>The client has an event that was reported.</summary>
    void ReportTaken(int oad);
}
