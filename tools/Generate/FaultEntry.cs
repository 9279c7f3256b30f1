namespace MeterFirmware.Tools.Generate;

/// <summary>A fault.</summary>
/// <param name="Group">charger: a number and a word; meter or sensor: a bit.</param>
/// <param name="Number">Never changes.</param>
/// <param name="Name">The constant.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Technician">What a technician does.</param>
/// <param name="Word">The word in messages.</param>
/// <param name="Opens">"at once" or "in order": how a charger's contactor opens.</param>
/// <param name="Ends">"by itself", "plug out or reset", "reset by a person": once its cause is gone.</param>
public sealed record FaultEntry(string Group, int Number, string Name, string Description, string Technician,
    string? Word = null, string? Opens = null, string? Ends = null);
