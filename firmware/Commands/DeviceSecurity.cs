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

    /// <summary>Bytes of the state that is stored.</summary>
    public const int StateBytes = 2 + SecretBytes + CommandRole.Count * RoleBytes;

    private const int Version = 1;
    private const int RoleBytes = 24;
    private const string KeyLabel = "mf/v1/key";
    private const string AcknowledgementLabel = "mf/v1/ack";

    private readonly ICheckpointStore _store;
    private readonly HmacSha256 _hmac = new HmacSha256();
    private readonly byte[] _state = new byte[StateBytes + CheckpointStore.OverheadBytes];
    private readonly byte[] _secret = new byte[SecretBytes];
    private readonly byte[] _acknowledgementLabel = BytesOf(AcknowledgementLabel);
    private readonly byte[] _label = new byte[KeyLabel.Length + 3];
    private readonly byte[] _key = new byte[HmacSha256.TagBytes];
    private readonly int[] _generations = new int[CommandRole.Count];
    private readonly int[] _nextGenerations = new int[CommandRole.Count];
    private readonly ReplayWindow[] _windows = new ReplayWindow[CommandRole.Count];
    private int _forgotten;

    /// <param name="store">Blocks of its own; states are <see cref="StateBytes"/> long.</param>
    public DeviceSecurity(ICheckpointStore store)
    {
        _store = store;
        for (int i = 0; i < KeyLabel.Length; i++)
        {
            _label[i] = (byte)KeyLabel[i];
        }

        for (int role = 0; role < CommandRole.Count; role++)
        {
            _windows[role] = new ReplayWindow();
        }
    }

    /// <summary>Reads one signed message at a time, whatever it is for.</summary>
    internal FlatJson Message { get; } = new FlatJson(memberCountMax: 10, depthMax: 6);

    /// <summary>False until <see cref="TryCommission"/>: there is no default secret, so nothing is accepted.</summary>
    public bool IsCommissioned { get; private set; }

    /// <summary>True when the newest stored state could not be read, so that some command of the role may look fresh again:
    /// until the role's next one is taken, what was issued before this start is to be refused. Kept over restarts: another
    /// role's command stores a new state, but knows no more of this role's.</summary>
    public bool MayHaveForgotten(int role) => (_forgotten & (1 << role)) != 0;

    /// <summary>Reads the stored state, once at start-up. False: not commissioned, or all copies are damaged.</summary>
    public bool TryOpen()
    {
        IsCommissioned = false;
        if (!_store.TryReadNewest(_state, out int count, out bool older) || count != StateBytes || _state[0] != Version)
        {
            return false;
        }

        _forgotten = older ? (1 << CommandRole.Count) - 1 : _state[1];
        Array.Copy(_state, 2, _secret, 0, SecretBytes);
        for (int role = 0; role < CommandRole.Count; role++)
        {
            int at = 2 + SecretBytes + role * RoleBytes;
            _generations[role] = LittleEndian.ReadInt32(_state, at);
            _nextGenerations[role] = LittleEndian.ReadInt32(_state, at + 4);
            _windows[role].Restore(LittleEndian.ReadInt64(_state, at + 8), LittleEndian.ReadInt64(_state, at + 16));
        }

        IsCommissioned = true;
        return true;
    }

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
            _windows[role].Restore(0, 0);
        }

        if (!TryStore())
        {
            TryOpen();
            return false;
        }

        IsCommissioned = true;
        return true;
    }

    /// <summary>True when messages of the role may be signed under this generation: the current one, or the one that a
    /// rotation began.</summary>
    public bool IsKnownGeneration(int role, long generation) =>
        generation == _generations[role] || (_nextGenerations[role] != 0 && generation == _nextGenerations[role]);

    /// <summary>The generation in force.</summary>
    public int GenerationOf(int role) => _generations[role];

    /// <summary>True when the number was not taken from the role before.</summary>
    public bool IsFresh(int role, long number) => _windows[role].IsFresh(number);

    /// <summary>Takes a role's key of a generation, ready for the message. What is returned is shared: finish it before the
    /// next one.</summary>
    public HmacSha256 LoadKey(int role, int generation)
    {
        LoadKey(_hmac, _secret, _label, _key, role, generation);
        return _hmac;
    }

    /// <summary>Takes a number, and with the first use of a new generation ends the old one. Durable before the command is
    /// carried out: after a power cut it is lost rather than done twice. False: could not be stored; refuse it.</summary>
    public bool TryTake(int role, long number, int generation)
    {
        long highest = _windows[role].Highest;
        long taken = _windows[role].Taken;
        int generationBefore = _generations[role];
        int nextBefore = _nextGenerations[role];
        int forgottenBefore = _forgotten;
        _windows[role].Take(number);
        if (MayHaveForgotten(role))
        {
            // Any of the numbers below may be one that was forgotten: none of them is taken any more.
            _windows[role].Restore(_windows[role].Highest, -1);
            _forgotten &= ~(1 << role);
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

        _windows[role].Restore(highest, taken);
        _forgotten = forgottenBefore;
        _generations[role] = generationBefore;
        _nextGenerations[role] = nextBefore;
        return false;
    }

    /// <summary>Begins a role's next generation; the current one stays good until the first message under the new.</summary>
    public bool TryRotate(int role)
    {
        int before = _nextGenerations[role];
        _nextGenerations[role] = _generations[role] + 1;
        if (TryStore())
        {
            return true;
        }

        _nextGenerations[role] = before;
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

    /// <summary>The key of <see cref="LoadAcknowledgementKey()"/> itself, 32 bytes: all that whoever acknowledges has to hold.</summary>
    public static byte[] AcknowledgementKeyOf(byte[] secret)
    {
        byte[] key = new byte[HmacSha256.TagBytes];
        LoadAcknowledgementKey(new HmacSha256(), secret, BytesOf(AcknowledgementLabel), key);
        return key;
    }

    /// <summary>Sets the key that whole firmware images are signed with. Generation 0: no message is ever signed under it.</summary>
    public void LoadImageKey(HmacSha256 hmac) =>
        LoadKey(hmac, _secret, _label, _key, CommandRole.Utility, 0);

    /// <summary>What <see cref="LoadImageKey"/> does, for whoever signs.</summary>
    public static void LoadImageKeyOf(HmacSha256 hmac, byte[] secret) => LoadKeyOf(hmac, secret, CommandRole.Utility, 0);

    /// <summary>What <see cref="LoadKey(int, int)"/> does, for whoever signs.</summary>
    public static void LoadKeyOf(HmacSha256 hmac, byte[] secret, int role, int generation)
    {
        byte[] label = new byte[KeyLabel.Length + 3];
        for (int i = 0; i < KeyLabel.Length; i++)
        {
            label[i] = (byte)KeyLabel[i];
        }

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
            LittleEndian.WriteInt64(_state, at + 8, _windows[role].Highest);
            LittleEndian.WriteInt64(_state, at + 16, _windows[role].Taken);
        }

        return _store.TryWrite(_state, StateBytes);
    }
}
