using System;
using System.Net.NetworkInformation;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// What a board has: the addresses of its network interfaces, which are the chip's own, the clocks at their finest, the
/// runtime's generator and a GUID, and how much heap is free. Allocates; at start-up only.
/// </summary>
public sealed class BoardEntropy : IEntropySource
{
    private const int RandomBytes = 8;
    private const int PieceBytes = 8;

    private int _count;

    public int Read(byte[] into)
    {
        _count = 0;
        Add(into, BitConverter.GetBytes(Environment.TickCount64));
        Add(into, BitConverter.GetBytes(DateTime.UtcNow.Ticks));
        Add(into, BitConverter.GetBytes((long)nanoFramework.Runtime.Native.GC.Run(false)));
        Add(into, Guid.NewGuid().ToByteArray());
        byte[] random = new byte[RandomBytes];
        new Random().NextBytes(random);
        Add(into, random);
        try
        {
            foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
            {
                Add(into, network.PhysicalAddress);
            }
        }
        catch (Exception)
        {
            // A board without a network has no address: the rest is left.
        }

        return _count;
    }

    private void Add(byte[] into, byte[] piece)
    {
        // A GUID has 16 bytes; nothing else is longer than the piece that counts.
        int bytes = piece == null ? 0 : piece.Length > 2 * PieceBytes ? 2 * PieceBytes : piece.Length;
        for (int i = 0; i < bytes && _count < into.Length; i++)
        {
            into[_count++] = piece[i];
        }
    }
}
