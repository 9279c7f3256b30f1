namespace MeterFirmware.Tools.Generate;

/// <summary>Why a command or a document is refused.</summary>
/// <param name="Name">The constant's.</param>
/// <param name="Word">As the answer writes it.</param>
/// <param name="IsSilent">True: nobody is answered.</param>
public sealed record RefusalEntry(int Code, string Name, string Word, string Description, bool IsSilent = false);
