namespace MeterFirmware.Tools.Input;

/// <summary>Bad usage or input: its message is the one line a person reads, and the exit code is 2.</summary>
public sealed class InputException(string message) : Exception(message.ReplaceLineEndings(" "));
