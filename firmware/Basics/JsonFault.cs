namespace MeterFirmware.Basics;

/// <summary>Why a text is not the JSON object that was expected.</summary>
public enum JsonFault
{
    None = 0,

    /// <summary>The text is not one object: empty, an array, a number.</summary>
    NotAnObject = 1,

    /// <summary>Against the grammar of RFC 8259.</summary>
    Syntax = 2,

    /// <summary>Objects or arrays in one another, deeper than the reader's limit.</summary>
    TooDeep = 3,

    /// <summary>More members than the reader has room for.</summary>
    TooManyMembers = 4,

    /// <summary>Two members of one name: readers differ in which of them counts.</summary>
    DuplicateName = 5,

    /// <summary>A string that is not UTF-8, or has a control character, or an escape in a member's name.</summary>
    BadText = 6,

    /// <summary>Something behind the object.</summary>
    Trailing = 7,

    /// <summary>Beyond 65 535 bytes: places are kept in 16 bits.</summary>
    TooLong = 8,
}
