using System;
using MeterFirmware.Basics;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// The device's secret, the key generation of each role, and what was taken from each role, kept across power loss.
/// A role's key is HMAC-SHA256(secret, "mf/v1/key" ‖ role ‖ generation): a new generation needs no key on the wire, and
/// a key that leaks tells nothing of the others. Head-end and device share the secret since commissioning.
/// </summary>
public sealed class DeviceSecurity : IAcknowledgementKey
{
    public const int SecretBytes = 32;

    /// <summary>Bytes of the state that is stored: version 1 and behind it the window of the command time.</summary>
    public const int StateBytes = StateBytesOfVersion1 + WindowBytes;

    /// <summary>The window of the command time; those of the roles come first. A head-end whose clock is wrong for one
    /// birth uses up numbers here only.</summary>
    public const int TimeWindow = CommandRole.Count;

    /// <summary>Generations travel as 16 bits.</summary>
    public const int GenerationMax = 0xFFFF;

    private const int StateBytesOfVersion1 = 2 + SecretBytes + CommandRole.Count * RoleBytes;
    private const int WindowCount = CommandRole.Count + 1;
    private const int Version = 2;
    private const int RoleBytes = 8 + WindowBytes;
    private const int WindowBytes = 16;
    private const string KeyLabel = "mf/v1/key";
    private const string AcknowledgementLabel = "mf/v1/ack";
    private const string ChanceLabel = "mf/v1/chance";
    private const string SecretLabel = "mf/v1/secret";

    private readonly ICheckpointStore _store;
    private readonly HmacSha256 _hmac = new HmacSha256();
    private readonly byte[] _state = new byte[StateBytes + CheckpointStore.OverheadBytes];
    private readonly byte[] _secret = new byte[SecretBytes];
    private readonly byte[] _acknowledgementLabel = BytesOf(AcknowledgementLabel);
    private readonly byte[] _label = new byte[KeyLabel.Length + 3];
    private readonly byte[] _secretLabel = new byte[SecretLabel.Length + 8];
    private readonly byte[] _key = new byte[HmacSha256.TagBytes];
    private readonly int[] _generations = new int[CommandRole.Count];
    private readonly int[] _nextGenerations = new int[CommandRole.Count];
    private readonly ReplayWindow[] _windows = new ReplayWindow[WindowCount];
    private int _forgotten;
    private long _startUtcSeconds;

    /// <param name="store">Blocks of its own; states are <see cref="StateBytes"/> long.</param>
    public DeviceSecurity(ICheckpointStore store)
    {
        _store = store;
        CopyText(KeyLabel, _label);
        CopyText(SecretLabel, _secretLabel);

        for (int window = 0; window < WindowCount; window++)
        {
            _windows[window] = new ReplayWindow();
        }
    }

    /// <summary>Reads one signed message at a time, whatever it is for.</summary>
    internal FlatJson Message { get; } = new FlatJson(memberCountMax: 10, depthMax: 6);

    /// <summary>Macs of commands and of documents draw on the same.</summary>
    public MacBudget Budget { get; } = new MacBudget();

    /// <summary>True on media that may lose the end of a file although it was closed (FAT): what was taken last may
    /// then be gone without a trace, so every start is one that may have forgotten.</summary>
    public bool StoreMayLoseTail { get; set; }

    /// <summary>False until <see cref="TryCommission"/>: there is no default secret, so nothing is accepted.</summary>
    public bool IsCommissioned { get; private set; }

    /// <summary>True when the newest stored state could not be read, so that some command may look fresh again: until
    /// the window's next number is taken, what was issued before this start is to be refused. Kept over restarts:
    /// another window's command stores a new state, but knows no more of this one's. Never the command time, which is
    /// fresh by the birth that it names.</summary>
    public bool MayHaveForgotten(int window) => (_forgotten & (1 << window)) != 0;

    /// <summary>When the time was first known since the start; 0: not yet.</summary>
    public long StartUtcSeconds => _startUtcSeconds;

    /// <summary>Every tick, once the time is known. A clock that was put back takes the start with it.</summary>
    public void NoteTime(long utcSeconds)
    {
        if (utcSeconds > 0 && (_startUtcSeconds == 0 || utcSeconds < _startUtcSeconds))
        {
            _startUtcSeconds = utcSeconds;
        }
    }

    /// <summary>Reads the stored state, once at start-up. False: not commissioned, or all copies are damaged.</summary>
    public bool TryOpen()
    {
        IsCommissioned = false;
        if (!_store.TryReadNewest(_state, out int count, out bool older) || count != BytesOfVersion(_state[0]))
        {
            return false;
        }

        _forgotten = older || StoreMayLoseTail ? (1 << CommandRole.Count) - 1 : _state[1];
        Array.Copy(_state, 2, _secret, 0, SecretBytes);
        for (int role = 0; role < CommandRole.Count; role++)
        {
            int at = 2 + SecretBytes + role * RoleBytes;
            _generations[role] = LittleEndian.ReadInt32(_state, at);
            _nextGenerations[role] = LittleEndian.ReadInt32(_state, at + 4);
            RestoreWindow(role, at + 8);
        }

        // Version 1 counted the command time among the utility's.
        RestoreWindow(TimeWindow, _state[0] == 1 ? 2 + SecretBytes + CommandRole.Utility * RoleBytes + 8
            : StateBytesOfVersion1);
        IsCommissioned = true;
        SeedBudget();
        return true;
    }

    private static int BytesOfVersion(int version) => version == 1 ? StateBytesOfVersion1
        : version == Version ? StateBytes : -1;

    private void RestoreWindow(int window, int at) =>
        _windows[window].Restore(LittleEndian.ReadInt64(_state, at), LittleEndian.ReadInt64(_state, at + 8));

    /// <summary>Gives the device its secret: over its service port, in the factory or by the technician, never over the
    /// network. Generations begin at 1. False: could not be stored, nothing has changed.</summary>
    public bool TryCommission(byte[] secret)
    {
        Invariant.Require(secret.Length == SecretBytes, "a device secret has 32 bytes");
        Array.Copy(secret, 0, _secret, 0, SecretBytes);
        _forgotten = 0;
        for (int role = 0; role < CommandRole.Count; role++)
        {
            _generations[role] = 1;
            _nextGenerations[role] = 0;
        }

        for (int window = 0; window < WindowCount; window++)
        {
            _windows[window].Restore(0, 0);
        }

        if (!TryStore())
        {
            TryOpen();
            return false;
        }

        IsCommissioned = true;
        SeedBudget();
        return true;
    }

    /// <summary>Takes the next secret, which the utility sent under the one in force: who holds a role's key only can
    /// neither read nor make it. All generations begin at 1 again, and all numbers.</summary>
    /// <param name="id">The command's number, which is part of both.</param>
    /// <param name="wrapped">The next secret, exclusive-or with HMAC(secret, label ‖ id). Unwrapped in place.</param>
    /// <param name="proof">HMAC(next secret, label ‖ id).</param>
    /// <returns>A <see cref="CommandRefusal"/>.</returns>
    public int TakeSecret(long id, byte[] wrapped, byte[] proof)
    {
        Wrap(_hmac, _secretLabel, _secret, id, wrapped, _key);
        LoadSecretLabel(_hmac, _secretLabel, wrapped, id);
        if (!_hmac.FinishAndCheck(proof, 0, HmacSha256.TagBytes))
        {
            return CommandRefusal.BadArgument;
        }

        return TryCommission(wrapped) ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }

    /// <summary>The other side of <see cref="TakeSecret"/>: wraps in place, writes the proof.</summary>
    public static void WrapSecret(byte[] secret, long id, byte[] next, byte[] proof)
    {
        HmacSha256 hmac = new HmacSha256();
        byte[] label = new byte[SecretLabel.Length + 8];
        CopyText(SecretLabel, label);
        LoadSecretLabel(hmac, label, next, id);
        hmac.Finish(proof, 0);
        Wrap(hmac, label, secret, id, next, new byte[HmacSha256.TagBytes]);
    }

    private static void Wrap(HmacSha256 hmac, byte[] label, byte[] secret, long id, byte[] next, byte[] pad)
    {
        LoadSecretLabel(hmac, label, secret, id);
        hmac.Finish(pad, 0);
        for (int i = 0; i < SecretBytes; i++)
        {
            next[i] ^= pad[i];
        }
    }

    private static void LoadSecretLabel(HmacSha256 hmac, byte[] label, byte[] key, long id)
    {
        LittleEndian.WriteInt64(label, SecretLabel.Length, id);
        hmac.SetKey(key, 0, key.Length);
        hmac.Add(label, 0, label.Length);
    }

    private void SeedBudget()
    {
        byte[] label = new byte[ChanceLabel.Length];
        CopyText(ChanceLabel, label);
        _hmac.SetKey(_secret, 0, SecretBytes);
        _hmac.Add(label, 0, label.Length);
        _hmac.Finish(_key, 0);
        Budget.Seed((uint)LittleEndian.ReadInt32(_key, 0));
    }

    private static void CopyText(string text, byte[] into)
    {
        for (int i = 0; i < text.Length; i++)
        {
            into[i] = (byte)text[i];
        }
    }

    /// <summary>True when messages of the role may be signed under this generation: the current one, or the one that a
    /// rotation began.</summary>
    public bool IsKnownGeneration(int role, long generation) =>
        generation == _generations[role] || (_nextGenerations[role] != 0 && generation == _nextGenerations[role]);

    /// <summary>The generation in force.</summary>
    public int GenerationOf(int role) => _generations[role];

    /// <summary>True when the number was not taken before.</summary>
    public bool IsFresh(int window, long number) => _windows[window].IsFresh(number);

    /// <summary>True when it is certain that the number was taken: it lies within the window.</summary>
    public bool IsTaken(int window, long number) => _windows[window].IsTaken(number);

    /// <summary>The highest number taken; 0: none.</summary>
    public long HighestOf(int window) => _windows[window].Highest;

    /// <summary>Takes a role's key of a generation, ready for the message. What is returned is shared: finish it before
    /// the next one.</summary>
    public HmacSha256 LoadKey(int role, int generation)
    {
        LoadKey(_hmac, _secret, _label, _key, role, generation);
        return _hmac;
    }

    /// <summary>Takes a number, and with the first use of a new generation ends the old one. Durable before the command
    /// is carried out: after a power cut it is lost rather than done twice. False: could not be stored; refuse
    /// it.</summary>
    public bool TryTake(int role, int window, long number, int generation)
    {
        long highest = _windows[window].Highest;
        long taken = _windows[window].Taken;
        int generationBefore = _generations[role];
        int nextBefore = _nextGenerations[role];
        int forgottenBefore = _forgotten;
        _windows[window].Take(number);
        if (MayHaveForgotten(window))
        {
            // Any of the numbers below may be one that was forgotten: none of them is taken any more.
            _windows[window].Restore(_windows[window].Highest, -1);
            _forgotten &= ~(1 << window);
        }

        if (generation == nextBefore)
        {
            _generations[role] = generation;
            _nextGenerations[role] = 0;
        }

        if (TryStore())
        {
            return true;
        }

        _windows[window].Restore(highest, taken);
        _forgotten = forgottenBefore;
        _generations[role] = generationBefore;
        _nextGenerations[role] = nextBefore;
        return false;
    }

    /// <summary>Begins a role's next generation. The current one stays good until the first message under the new, or
    /// ends at once: after a leak. A generation never comes back, so a key that leaked cannot be put in force
    /// again.</summary>
    public bool TryRotate(int role, bool endsCurrent)
    {
        int before = _generations[role];
        int nextBefore = _nextGenerations[role];
        _generations[role] = endsCurrent ? before + 1 : before;
        _nextGenerations[role] = endsCurrent ? 0 : before + 1;
        if (TryStore())
        {
            return true;
        }

        _generations[role] = before;
        _nextGenerations[role] = nextBefore;
        return false;
    }

    /// <summary>Takes the key of acknowledgements, HMAC-SHA256(secret, "mf/v1/ack"), ready for the text; shared like
    /// <see cref="LoadKey(int, int)"/>'s. No role's key can be made from it, nor it from one.</summary>
    public HmacSha256 LoadAcknowledgementKey()
    {
        LoadAcknowledgementKey(_hmac, _secret, _acknowledgementLabel, _key);
        _hmac.SetKey(_key, 0, _key.Length);
        return _hmac;
    }

    /// <summary>The key of <see cref="LoadAcknowledgementKey()"/> itself, 32 bytes: all that whoever acknowledges has
    /// to hold.</summary>
    public static byte[] AcknowledgementKeyOf(byte[] secret)
    {
        byte[] key = new byte[HmacSha256.TagBytes];
        LoadAcknowledgementKey(new HmacSha256(), secret, BytesOf(AcknowledgementLabel), key);
        return key;
    }

    /// <summary>Sets the key that whole firmware images are signed with. Generation 0: no message is ever signed under
    /// it.</summary>
    public void LoadImageKey(HmacSha256 hmac) =>
        LoadKey(hmac, _secret, _label, _key, CommandRole.Utility, 0);

    /// <summary>What <see cref="LoadImageKey"/> does, for whoever signs.</summary>
    public static void LoadImageKeyOf(HmacSha256 hmac, byte[] secret) =>
        LoadKeyOf(hmac, secret, CommandRole.Utility, 0);

    /// <summary>What <see cref="LoadKey(int, int)"/> does, for whoever signs.</summary>
    public static void LoadKeyOf(HmacSha256 hmac, byte[] secret, int role, int generation)
    {
        byte[] label = new byte[KeyLabel.Length + 3];
        CopyText(KeyLabel, label);
        LoadKey(hmac, secret, label, new byte[HmacSha256.TagBytes], role, generation);
    }

    private static void LoadAcknowledgementKey(HmacSha256 hmac, byte[] secret, byte[] label, byte[] key)
    {
        hmac.SetKey(secret, 0, secret.Length);
        hmac.Add(label, 0, label.Length);
        hmac.Finish(key, 0);
    }

    private static byte[] BytesOf(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            bytes[i] = (byte)text[i];
        }

        return bytes;
    }

    /// <summary>A role's key of a generation, for a tool that shall hold no more. Generation 0 of the utility signs
    /// images.
    /// </summary>
    public static byte[] RoleKeyOf(byte[] secret, int role, int generation)
    {
        byte[] label = new byte[KeyLabel.Length + 3];
        CopyText(KeyLabel, label);
        byte[] key = new byte[HmacSha256.TagBytes];
        LoadKey(new HmacSha256(), secret, label, key, role, generation);
        return key;
    }

    private static void LoadKey(HmacSha256 hmac, byte[] secret, byte[] label, byte[] key, int role, int generation)
    {
        label[KeyLabel.Length] = (byte)role;
        LittleEndian.WriteUInt16(label, KeyLabel.Length + 1, generation);
        hmac.SetKey(secret, 0, secret.Length);
        hmac.Add(label, 0, label.Length);
        hmac.Finish(key, 0);
        hmac.SetKey(key, 0, key.Length);
    }

    private bool TryStore()
    {
        _state[0] = Version;
        _state[1] = (byte)_forgotten;
        Array.Copy(_secret, 0, _state, 2, SecretBytes);
        for (int role = 0; role < CommandRole.Count; role++)
        {
            int at = 2 + SecretBytes + role * RoleBytes;
            LittleEndian.WriteInt32(_state, at, _generations[role]);
            LittleEndian.WriteInt32(_state, at + 4, _nextGenerations[role]);
            KeepWindow(role, at + 8);
        }

        KeepWindow(TimeWindow, StateBytesOfVersion1);
        return _store.TryWrite(_state, StateBytes);
    }

    private void KeepWindow(int window, int at)
    {
        LittleEndian.WriteInt64(_state, at, _windows[window].Highest);
        LittleEndian.WriteInt64(_state, at + 8, _windows[window].Taken);
    }
}
