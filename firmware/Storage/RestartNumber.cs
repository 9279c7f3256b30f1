using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>A number that is higher at each start, durable before it is used, so that what it counts never comes
/// twice.</summary>
public static class RestartNumber
{
    /// <summary>Blocks of its own, and bytes of each at least.</summary>
    public const int Blocks = 2;

    private const int StateBytes = 4;

    /// <summary>Takes the next number, 1 or above. False: it could not be stored, or all are used up; no counter may
    /// then be built on it.</summary>
    /// <param name="store"><see cref="Blocks"/> blocks or more, none shared with anything else.</param>
    public static bool TryNext(IBlockStore store, int numberMax, out int number)
    {
        CheckpointStore checkpoints = new CheckpointStore(store, StateBytes);
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        bool isThere = checkpoints.TryReadNewest(state, out int count, out bool _) && count == StateBytes;
        number = isThere ? LittleEndian.ReadInt32(state, 0) : 0;
        if (number < 0 || number >= numberMax)
        {
            return false;
        }

        LittleEndian.WriteInt32(state, 0, ++number);
        return checkpoints.TryWrite(state, StateBytes);
    }
}
