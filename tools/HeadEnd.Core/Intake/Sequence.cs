namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>The record numbers of one journal of one device. A replaced board, a wiped flash is another journal, and
/// its numbers are others; a device before protocol 1.1 names none, and its one sequence has the empty name.</summary>
internal sealed class Sequence(long id, long deviceId, string device, string journal)
{
    /// <summary>Row of the journal table.</summary>
    public long Id { get; } = id;

    /// <summary>Row of the device table.</summary>
    public long DeviceId { get; } = deviceId;

    public string Device { get; } = device;

    public string Journal { get; } = journal;

    /// <summary>First number under the journal's name; lower ones came before it had one, in the nameless
    /// sequence.</summary>
    public long From { get; set; } = 1;

    public Progress Progress { get; } = new();

    /// <summary>Names it for people and as a key: addresses hold no '#'.</summary>
    public static string KeyOf(string device, string journal) =>
        journal.Length == 0 ? device : $"{device}#{journal}";
}
