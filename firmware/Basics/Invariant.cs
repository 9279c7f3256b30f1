using System;

namespace MeterFirmware.Basics;

/// <summary>Checks that hold in every build: a failed one is a bug, never bad input.</summary>
public static class Invariant
{
    /// <summary>Throws when <paramref name="condition"/> is false. The product's top level makes the outputs safe,
    /// stores the message and restarts.</summary>
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new Exception(message);
        }
    }
}
