using System;
using System.Security.Cryptography;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator;

/// <summary>The host's own generator.</summary>
public sealed class HostEntropy : IEntropySource
{
    private const int Bytes = 16;

    /// <summary>An identity for a record log that lives in RAM: a new one each time.</summary>
    public static string NewIdentity() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public int Read(byte[] into)
    {
        RandomNumberGenerator.Fill(into.AsSpan(0, Bytes));
        return Bytes;
    }
}
