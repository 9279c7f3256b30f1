namespace MeterFirmware.Tariffs;

/// <summary>
/// Where a prepaid balance stands, from good to bad.
/// <code>
///  balance   Normal │ Alarm1 │ Alarm2 │ OnCredit │ Exhausted
///  above     alarm1 │ alarm2 │   0    │ −limit   │ (down to −limit and below)
/// </code>
/// Exhausted stays until the balance is above the reconnect level.
/// </summary>
public enum PrepaymentState
{
    /// <summary>Above the first alarm level.</summary>
    Normal = 0,

    /// <summary>At or below the first alarm level.</summary>
    Alarm1 = 1,

    /// <summary>At or below the second alarm level.</summary>
    Alarm2 = 2,

    /// <summary>At or below nothing, inside the credit limit.</summary>
    OnCredit = 3,

    /// <summary>The credit limit is used up: supply is to be cut.</summary>
    Exhausted = 4,
}
