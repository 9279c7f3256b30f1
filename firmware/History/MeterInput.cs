namespace MeterFirmware.History;

/// <summary>Contacts and signals of the meter's case, as bits: the board reads them, the detector logs them.</summary>
public static class MeterInput
{
    public const int CoverOpen = 1;
    public const int TerminalCoverOpen = 2;
    public const int MagneticField = 4;

    /// <summary>From a chip that sees the order of the zero crossings.</summary>
    public const int PhaseSequenceWrong = 8;
}
