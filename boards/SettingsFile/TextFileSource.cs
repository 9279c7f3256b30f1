namespace MeterFirmware.Boards.SettingsFile;

/// <summary>The text of a file on the board's drive. Throws what the drive throws.</summary>
public delegate string TextFileSource(string path);
