namespace MeterFirmware.Hardware;

/// <summary>
/// Non-volatile blocks of equal size, each written from its front to its end and erased as a whole: what NOR flash,
/// a littlefs file or a host file all can do. A call that returns true is durable: power may fail right after it.
/// A call that returns false, or during which power fails, may have written any first part of its bytes.
/// Never throws.
/// </summary>
public interface IBlockStore
{
    int BlockCount { get; }

    /// <summary>Capacity of a block in bytes.</summary>
    int BlockBytes { get; }

    /// <summary>Bytes written into the block since its last erase, 0 to <see cref="BlockBytes"/>.</summary>
    int LengthOf(int block);

    /// <summary>Empties the block; its length is 0 afterwards.</summary>
    bool TryErase(int block);

    /// <summary>Writes behind what the block already holds; false too when it does not fit.</summary>
    bool TryAppend(int block, byte[] buffer, int offset, int count);

    /// <summary>Reads <paramref name="count"/> bytes from <paramref name="position"/>; false when the block is
    /// shorter.</summary>
    bool TryRead(int block, int position, byte[] buffer, int offset, int count);
}
