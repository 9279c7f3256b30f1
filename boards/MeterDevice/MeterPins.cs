namespace MeterFirmware.Boards.MeterDevice;

/// <summary>Which pin is what on a meter's board, as its board.json says; −1 where the board lacks it.</summary>
public sealed class MeterPins
{
    /// <summary>The load relay that commands may drive.</summary>
    public int Relay = -1;

    /// <summary>The pulse output's opto-coupler.</summary>
    public int Pulse = -1;

    /// <summary>Contacts of the case: all three, or none and none of their events.</summary>
    public int Cover = -1;
    public int TerminalCover = -1;
    public int Magnet = -1;

    /// <summary>The button or link under the seal; without it no metrological parameter is changed.</summary>
    public int Programming = -1;

    /// <summary>Falls some milliseconds before the supply: registers are saved with what is left.</summary>
    public int SupplyFails = -1;
}
