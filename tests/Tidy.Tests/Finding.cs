namespace MeterFirmware.Tidy.Tests;

/// <summary>What stands against a rule, and where; the key stays the same when lines move.</summary>
public readonly record struct Finding(string Key, int Line);
