namespace MeterFirmware.Dlt645;

/// <summary>
/// What a DL/T 645 server needs from the meter it speaks for. Values are the identifier's scaled integers: 2307 for
/// 230.7 V, negative for export; calendar fields are their digits (<see cref="Dlt645Time"/>). Nothing here may
/// allocate or block. Results of commands are the error bits of <see cref="Dlt645Protocol"/>, 0 for done.
/// </summary>
public interface IDlt645Meter
{
    /// <summary>Lengths of blocks and tables.</summary>
    Dlt645Counts Counts { get; }

    /// <summary>True while the programming input under the seal allows the address and metrological parameters to
    /// change.</summary>
    bool IsProgrammingOpen { get; }

    /// <summary>An answer begins: what was looked up for the one before may have changed.</summary>
    void BeginAnswer();

    /// <summary>Reads a field, counted through all repetitions: field 3 of a daily freeze's energies is rate 3.
    /// Called for single identifiers only, never for blocks. False: the meter has no such value.</summary>
    bool TryRead(int di, int field, out long value);

    /// <summary>Writes all fields of an identifier at once or none of them.</summary>
    int Write(int di, long[] fields, int fieldCount, int operatorCode);

    /// <summary>Local time in seconds since 1970-01-01. False while it is not known.</summary>
    bool TryReadClock(out long localSeconds);

    /// <summary>Sets the clock; <paramref name="isBroadcast"/> for the daily correction without password.</summary>
    int SetClock(long localSeconds, bool isBroadcast, int operatorCode);

    /// <summary>Freezes now (all 99), or registers a freeze each hour, day, month or once; 99 stands for
    /// each.</summary>
    int Freeze(int month, int day, int hour, int minute);

    int ClearDemand(int operatorCode);

    int ClearMeter(int operatorCode);

    /// <summary>Clears the events of an identifier whose last byte is FF; −1 (FF FF FF FF) clears all.</summary>
    int ClearEvents(int di, int operatorCode);

    /// <summary>Relay commands of <see cref="Dlt645Protocol"/>: trip, close, alarm, keep supply.</summary>
    int Relay(int command, int operatorCode);

    /// <summary>Finds a load-profile record of a class (0 any, 1 to 6): 0 the oldest, 1 the first at or after a local
    /// time, 2 the newest. The readings below are of that record.</summary>
    bool TrySeekProfile(int profileClass, int which, long localSeconds);

    /// <summary>Local time of the record.</summary>
    long ProfileTime { get; }

    /// <summary>A field of section 1 to 6 (<see cref="Dlt645Profile"/>). False: not recorded.</summary>
    bool TryReadProfile(int section, int field, out long value);

    /// <summary>Goes to the next newer record. False: there is none.</summary>
    bool TryNextProfile();

    /// <summary>Address, password, speed, lock or broadcast day changed: store the settings. False: they could not be
    /// stored, and hold until the supply is lost unless the caller puts them back.</summary>
    /// <param name="isProven">False: anybody on the line could have asked for it, without a password, so the meter may
    /// refuse to wear its flash for it.</param>
    bool TryKeepSettings(bool isProven);
}
