namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>Where a simulated meter's lines are.</summary>
/// <param name="Ports">Protocol and TCP port on loopback; port 0 takes a free one.</param>
/// <param name="Pty">Name to make for a pseudo-terminal; empty: the system's own; null: none.</param>
internal sealed record LineOptions(IReadOnlyList<(string Protocol, int Port)> Ports, string? Pty);
