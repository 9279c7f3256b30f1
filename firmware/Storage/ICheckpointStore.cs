namespace MeterFirmware.Storage;

/// <summary>Keeps the newest copy of a product's registers across power loss. Never throws.</summary>
public interface ICheckpointStore
{
    /// <summary>Makes the first <paramref name="count"/> bytes the newest state. True: durable. False: the medium
    /// refused, or the state is too long; the state before is still the newest.</summary>
    /// <param name="state">At least <see cref="CheckpointStore.OverheadBytes"/> longer than the state: needed while it
    /// is written, and left as it was.</param>
    /// <param name="count">Bytes of the state, from index 0.</param>
    bool TryWrite(byte[] state, int count);

    /// <summary>Begins to write a state in steps: finds its place, and moves it behind its head in the array, which is
    /// the store's until <see cref="TryFinish"/>. Nothing is durable before; any other write ends this one.</summary>
    /// <param name="state">As for <see cref="TryWrite"/>, but not left as it was.</param>
    /// <param name="count">Bytes of the state, from index 0.</param>
    /// <returns>False: the medium refused, or the state is too long.</returns>
    bool TryBegin(byte[] state, int count);

    /// <summary>Carries the check sum of a state that was begun on. Returns the bytes that are done; all of them are
    /// needed before <see cref="TryFinish"/>.</summary>
    /// <param name="state">The array that <see cref="TryBegin"/> took.</param>
    /// <param name="done">What the call before returned; 0 at first.</param>
    /// <param name="bytes">How many more.</param>
    int Carry(byte[] state, int done, int bytes);

    /// <summary>Makes a state that was begun and carried to its end the newest. False: the medium refused, or another
    /// write came between; the state before is still the newest.</summary>
    bool TryFinish(byte[] state);

    /// <summary>Reads the newest whole state. False: there is none, or it is longer than the buffer, which then holds
    /// its beginning.</summary>
    /// <param name="into">Receives the state from index 0.</param>
    /// <param name="count">Bytes of the state, 0 = there is none; more than the buffer has when it is longer.</param>
    /// <param name="older">True when a newer one was begun or is damaged: what was counted since is lost.</param>
    bool TryReadNewest(byte[] into, out int count, out bool older);
}
