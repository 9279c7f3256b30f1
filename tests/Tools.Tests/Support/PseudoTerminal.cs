using System;
using System.IO;
using System.Runtime.InteropServices;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>The master's end of a Linux pseudo-terminal as a serial line; <see cref="Name"/> is what a program opens as
/// its serial port.</summary>
public sealed class PseudoTerminal : ISerialLine, IDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100;
    private const short PollIn = 1;
    private readonly int _descriptor;
    private readonly byte[] _one = new byte[512];

    public PseudoTerminal()
    {
        _descriptor = posix_openpt(ReadWriteNoControl);
        byte[] name = new byte[64];
        if (_descriptor < 0 || grantpt(_descriptor) != 0 || unlockpt(_descriptor) != 0
            || ptsname_r(_descriptor, name, (nuint)name.Length) != 0)
        {
            throw new IOException("no pseudo-terminal");
        }

        Name = System.Text.Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
    }

    /// <summary>False where there are none: Windows, a container without /dev/ptmx.</summary>
    public static bool IsThere => OperatingSystem.IsLinux() && File.Exists("/dev/ptmx");

    /// <summary>Such as /dev/pts/3.</summary>
    public string Name { get; }

    public BusFault LastFault => BusFault.None;

    public bool TryConfigure(int baud, int parity) => true;

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        PollEntry entry = new() { Descriptor = _descriptor, Events = PollIn };
        received = 0;
        if (poll(ref entry, 1, 0) == 1 && (entry.Returned & PollIn) != 0)
        {
            // Before the other end is opened, and after it was closed, a read fails: nothing has arrived.
            nint got = read(_descriptor, _one, (nuint)Math.Min(count, _one.Length));
            received = (int)Math.Max(0, got);
            Array.Copy(_one, 0, buffer, offset, received);
        }

        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        byte[] bytes = buffer[offset..(offset + count)];
        return write(_descriptor, bytes, (nuint)count) == count;
    }

    public void Dispose() => _ = close(_descriptor);

#pragma warning disable IDE1006, SYSLIB1054 // names of the C library
    [DllImport("libc")]
    private static extern int posix_openpt(int flags);

    [DllImport("libc")]
    private static extern int grantpt(int descriptor);

    [DllImport("libc")]
    private static extern int unlockpt(int descriptor);

    [DllImport("libc")]
    private static extern int ptsname_r(int descriptor, byte[] name, nuint length);

    [DllImport("libc")]
    private static extern int poll(ref PollEntry entries, nuint count, int timeoutMs);

    [DllImport("libc")]
    private static extern nint read(int descriptor, byte[] buffer, nuint count);

    [DllImport("libc")]
    private static extern nint write(int descriptor, byte[] buffer, nuint count);

    [DllImport("libc")]
    private static extern int close(int descriptor);
#pragma warning restore IDE1006, SYSLIB1054

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
