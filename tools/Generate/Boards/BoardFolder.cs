namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>Files of one size in a folder of the storage.</summary>
/// <param name="SmallBlocks">So many of them stay small enough (littlefs: below 512 bytes) to lie in the folder's own
/// metadata, which takes no block.</param>
public sealed record BoardFolder(string Folder, int Blocks, int BlockBytes, int SmallBlocks, int Line);
