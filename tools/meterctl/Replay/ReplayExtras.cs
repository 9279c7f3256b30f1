using MeterFirmware.History;
using MeterFirmware.Quality;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>What a replay's meter has beyond registers and costs.</summary>
/// <param name="History">Stores of the recorder.</param>
/// <param name="Quality">Limits of power quality; null for a meter without.</param>
/// <param name="Prepaid">What is paid in at the start, 0.0001 of the currency; null: the meter is not prepaid.</param>
public sealed record ReplayExtras(HistoryParts History, QualitySettings? Quality, long? Prepaid);
