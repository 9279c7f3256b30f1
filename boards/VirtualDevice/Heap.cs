namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>What the runtime says of its managed heap.</summary>
internal static class Heap
{
    /// <summary>Free bytes after a collection; 0 on .NET, which has no fixed heap.</summary>
    public static long FreeBytes()
    {
#if NANOFRAMEWORK
        return nanoFramework.Runtime.Native.GC.Run(true);
#else
        return 0;
#endif
    }
}
