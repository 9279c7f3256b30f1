namespace MeterFirmware.Tools.MeterCtl;

/// <summary>A device answered, but not as the protocol has it: its message is the one line a person reads, and the exit
/// code is 1.</summary>
public sealed class AnswerException(string message) : Exception(message);
