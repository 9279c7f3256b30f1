namespace MeterFirmware.Boards.SettingsFile;

/// <summary>A maker whose sensor has a serial line that settings could name for something else as well.</summary>
public interface ISensorLine
{
    /// <summary>COM1 to COM4.</summary>
    string LineName { get; }
}
