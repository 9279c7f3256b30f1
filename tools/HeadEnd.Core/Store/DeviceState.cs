namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>What the head-end knows of one device.</summary>
/// <param name="Device">Device address.</param>
/// <param name="Online">Birth seen last, and no will.</param>
/// <param name="Rates">Names of its rates, when it told them.</param>
/// <param name="Settled">Of its present journal: every number up to this is stored, or a gap, or was settled before
/// this head-end knew it.</param>
/// <param name="Stored">Records stored.</param>
/// <param name="Dropped">Numbers that the device reported as gone and that are not stored.</param>
/// <param name="Doubled">Records stored twice: 0, or the store is broken.</param>
/// <param name="Conflicts">Numbers under which two different records came.</param>
/// <param name="Quarantined">Records that say what cannot be, kept apart and not in the totals.</param>
/// <param name="SettledElsewhere">Numbers that the device called settled before they came here, and that did not come
/// since.</param>
/// <param name="Journal">Name of its present journal; empty: it names none.</param>
/// <param name="Journals">Journals that it ever had here; what is stored and counted is of all of them.</param>
public sealed record DeviceState(
    string Device,
    bool Online,
    IReadOnlyList<string> Rates,
    long Settled,
    long Stored,
    long Dropped,
    long Doubled,
    long Conflicts,
    long Quarantined = 0,
    long SettledElsewhere = 0,
    string Journal = "",
    int Journals = 1);
