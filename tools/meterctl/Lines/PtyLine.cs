using System.Runtime.InteropServices;
using System.Text;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Lines;

/// <summary>
/// The device's end of a pseudo-terminal as a serial line: whatever opens a serial port opens its name, without
/// hardware. Linux only. Its other end is held open, in raw mode, so that nothing echoes and no answer is lost between
/// two clients.
/// </summary>
public sealed class PtyLine : ISerialLine, IDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100;
    private const int ModeBytesMax = 256;
    private const short PollIn = 1;

    private readonly byte[] _piece = new byte[512];
    private readonly int _descriptor;
    private readonly int _held;
    private readonly string? _link;

    /// <param name="option">That asked for it.</param>
    /// <param name="link">A name to be made for it, which must be free, or a link that an earlier run left; empty:
    /// none.</param>
    public PtyLine(string option, string link)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new InputException($"{option}: pseudo-terminals are there on Linux only");
        }

        _descriptor = posix_openpt(ReadWriteNoControl);
        byte[] name = new byte[64];
        if (_descriptor < 0 || grantpt(_descriptor) != 0 || unlockpt(_descriptor) != 0
            || ptsname_r(_descriptor, name, (nuint)name.Length) != 0)
        {
            throw new InputException($"{option}: the system has no pseudo-terminal to give");
        }

        Name = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
        _held = open(name, ReadWriteNoControl);
        byte[] mode = new byte[ModeBytesMax];
        if (_held >= 0 && tcgetattr(_held, mode) == 0)
        {
            cfmakeraw(mode);
            _ = tcsetattr(_held, 0, mode);
        }

        if (link.Length > 0)
        {
            MakeLink(option, link);
            _link = link;
        }
    }

    /// <summary>Such as /dev/pts/3.</summary>
    public string Name { get; }

    public BusFault LastFault => BusFault.None;

    public bool TryConfigure(int baud, int parity) => true;

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = 0;
        PollEntry entry = new() { Descriptor = _descriptor, Events = PollIn };
        if (poll(ref entry, 1, 0) == 1 && (entry.Returned & PollIn) != 0)
        {
            nint got = read(_descriptor, _piece, (nuint)Math.Min(count, _piece.Length));
            received = (int)Math.Max(0, got);
            Array.Copy(_piece, 0, buffer, offset, received);
        }

        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        byte[] bytes = buffer[offset..(offset + count)];
        return write(_descriptor, bytes, (nuint)count) == count;
    }

    public void Dispose()
    {
        if (_link is not null && new FileInfo(_link).LinkTarget == Name)
        {
            File.Delete(_link);
        }

        _ = close(_held);
        _ = close(_descriptor);
    }

    private void MakeLink(string option, string link)
    {
        FileInfo there = new(link);
        try
        {
            if (there.LinkTarget is { } target && target.StartsWith("/dev/pts/", StringComparison.Ordinal))
            {
                there.Delete();
            }

            File.CreateSymbolicLink(link, Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{option}: {link}: {e.Message}");
        }
    }

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
    private static extern int open(byte[] path, int flags);

    [DllImport("libc")]
    private static extern int tcgetattr(int descriptor, byte[] mode);

    [DllImport("libc")]
    private static extern void cfmakeraw(byte[] mode);

    [DllImport("libc")]
    private static extern int tcsetattr(int descriptor, int when, byte[] mode);

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
