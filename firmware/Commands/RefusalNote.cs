namespace MeterFirmware.Commands;

/// <summary>What a command that is refused was expected to hold, in words: shared by who refuses and who
/// answers.</summary>
public sealed class RefusalNote
{
    /// <summary>Null: the word of the refusal says it all. Cleared before each command.</summary>
    public string Expected { get; set; }
}
