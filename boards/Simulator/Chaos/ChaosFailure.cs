using System;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>A promise that a fault broke; the message says which and where.</summary>
public sealed class ChaosFailure(string message) : Exception(message)
{
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ChaosFailure(message);
        }
    }
}
