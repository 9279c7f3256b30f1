namespace MeterFirmware.Dlt698;

/// <summary>Which check of the link layer a frame failed.</summary>
public enum Dlt698Check
{
    None = 0,

    /// <summary>No 68 at the start.</summary>
    Start = 1,

    /// <summary>The length is below the least or above the longest frame.</summary>
    Length = 2,

    /// <summary>The rest of the frame is not there yet.</summary>
    Truncated = 3,

    /// <summary>The header's check does not fit.</summary>
    HeaderCheck = 4,

    /// <summary>The frame's check does not fit.</summary>
    FrameCheck = 5,

    /// <summary>No 16 at the end.</summary>
    End = 6,
}
