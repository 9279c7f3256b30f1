using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Storage;

namespace MeterFirmware.Dlt645Meter;

/// <summary>What the protocol wrote and must outlive a loss of supply, as one state that is written whole.</summary>
public sealed class ReadoutState
{
    /// <summary>Length of the state.</summary>
    public const int Bytes = BytesOfVersion1 + Dlt645Settings.LevelCount;

    private const int BytesOfVersion1 = 114;
    private const int WrongPasswordsAt = 1 + Dlt645Protocol.AddressLength + 4 * Dlt645Settings.LevelCount + 8;

    private const byte Version = 2;

    /// <summary>Combination words: 04 00 06 01 to 03. Forward + reverse; quadrants I + IV; II + III.</summary>
    internal readonly int[] Combination = { 0x05, 0x41, 0x14 };

    /// <summary>What a freeze shows: energies and demands of both directions; an hour the two totals.</summary>
    internal readonly int[] FreezeModes = { 0x7F, 0x7F, 0x7F, 0x03, 0x7F };

    /// <summary>Load-profile intervals in minutes, and which classes are on (a bit each).</summary>
    internal readonly int[] ProfileMinutes = new int[LoadProfile.ClassCount];
    internal int ProfileMode;

    /// <summary>UTC seconds before which nothing is recorded; 0: at once.</summary>
    internal long ProfileStartUtc;

    /// <summary>04 00 04 02, twelve digits.</summary>
    internal long MeterNumber;

    // Freeze plan, 99 = each; minute 99: none.
    internal int PlanMonth;
    internal int PlanDay;
    internal int PlanHour;
    internal int PlanMinute = Freezer.Each;
    internal long PlanSinceUtc;

    /// <summary>When settlement dates were written last: none before it is owed.</summary>
    internal long DatesSinceUtc;

    /// <summary>0: as the board configured it.</summary>
    internal int DemandPeriodMinutes;
    internal int DemandSlipMinutes;

    /// <summary>Lengths of zone and day tables as they are read.</summary>
    internal int Zones = 14;
    internal int Periods = 14;
    internal int Harmonics = Dlt645Catalogue.HarmonicsMax;
    internal bool KeepsSupply;
    internal bool HasAlarm;

    /// <summary>Parts (1 &lt;&lt; TariffPart) whose first set is the table after the switch time.</summary>
    internal int SwappedParts;

    private readonly Dlt645Settings _settings;
    private readonly ICheckpointStore _store;
    private readonly byte[] _saved = new byte[Bytes];
    private readonly byte[] _bytes = new byte[Bytes + CheckpointStore.OverheadBytes];

    public ReadoutState(Dlt645Settings settings, ICheckpointStore store)
    {
        _settings = settings;
        _store = store;
        Write(_saved);
    }

    /// <summary>Puts back what was kept. False: nothing was.</summary>
    public bool TryLoad()
    {
        if (_store == null || !_store.TryReadNewest(_bytes, out int count, out bool _)
            || count != (_bytes[0] == 1 ? BytesOfVersion1 : Bytes) || _bytes[0] > Version)
        {
            return false;
        }

        if (_bytes[0] == 1)
        {
            // It counted the wrong passwords of all levels together.
            for (int level = 0; level < Dlt645Settings.LevelCount; level++)
            {
                _bytes[BytesOfVersion1 + level] = _bytes[WrongPasswordsAt];
            }
        }

        Read(_bytes);
        Write(_saved);
        return true;
    }

    /// <summary>Keeps all as it stands. False: the store refused, and everything is as it was before.</summary>
    internal bool TrySave()
    {
        bool isSaved = TrySaveSettings();
        if (!isSaved)
        {
            Read(_saved);
        }

        return isSaved;
    }

    /// <summary>The same, but what could not be kept holds on: a count of wrong passwords must not go back with
    /// it.</summary>
    internal bool TrySaveSettings()
    {
        Write(_bytes);
        if (_store != null && !_store.TryWrite(_bytes, Bytes))
        {
            return false;
        }

        System.Array.Copy(_bytes, _saved, Bytes);
        return true;
    }

    /// <summary>Takes back what was changed since the last <see cref="TrySave"/>.</summary>
    internal void Revert() => Read(_saved);

    private void Write(byte[] bytes)
    {
        bytes[0] = Version;
        int at = 1;
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            bytes[at++] = _settings.Address[i];
        }

        for (int level = 0; level < Dlt645Settings.LevelCount; level++)
        {
            at = Put4(bytes, at, _settings.Passwords[level]);
        }

        at = Put4(bytes, at, _settings.Baud);
        at = Put4(bytes, at, (int)_settings.BroadcastDay);
        Invariant.Require(at == WrongPasswordsAt, "version 1 counted the wrong passwords here");
        bytes[at++] = 0;
        at = PutAll(bytes, at, Combination);
        at = PutAll(bytes, at, FreezeModes);
        at = PutAll(bytes, at, ProfileMinutes);
        bytes[at++] = (byte)ProfileMode;
        at = Put8(bytes, at, ProfileStartUtc);
        at = Put8(bytes, at, MeterNumber);
        bytes[at++] = (byte)PlanMonth;
        bytes[at++] = (byte)PlanDay;
        bytes[at++] = (byte)PlanHour;
        bytes[at++] = (byte)PlanMinute;
        at = Put8(bytes, at, PlanSinceUtc);
        at = Put8(bytes, at, DatesSinceUtc);
        bytes[at++] = (byte)DemandPeriodMinutes;
        bytes[at++] = (byte)DemandSlipMinutes;
        bytes[at++] = (byte)Zones;
        bytes[at++] = (byte)Periods;
        bytes[at++] = (byte)Harmonics;
        bytes[at++] = (byte)((KeepsSupply ? 1 : 0) | (HasAlarm ? 2 : 0));
        bytes[at++] = (byte)SwappedParts;
        at = PutAll(bytes, BytesOfVersion1, _settings.WrongPasswords);
        Invariant.Require(at <= Bytes, "ReadoutState is longer than its constant says");
    }

    private void Read(byte[] bytes)
    {
        int at = 1;
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            _settings.Address[i] = bytes[at++];
        }

        for (int level = 0; level < Dlt645Settings.LevelCount; level++, at += 4)
        {
            _settings.Passwords[level] = LittleEndian.ReadInt32(bytes, at);
        }

        _settings.Baud = LittleEndian.ReadInt32(bytes, at);
        _settings.BroadcastDay = LittleEndian.ReadInt32(bytes, at + 4);
        at = TakeAll(bytes, at + 9, Combination);
        at = TakeAll(bytes, at, FreezeModes);
        at = TakeAll(bytes, at, ProfileMinutes);
        ProfileMode = bytes[at];
        ProfileStartUtc = LittleEndian.ReadInt64(bytes, at + 1);
        MeterNumber = LittleEndian.ReadInt64(bytes, at + 9);
        at += 17;
        PlanMonth = bytes[at];
        PlanDay = bytes[at + 1];
        PlanHour = bytes[at + 2];
        PlanMinute = bytes[at + 3];
        PlanSinceUtc = LittleEndian.ReadInt64(bytes, at + 4);
        at += 12;
        DatesSinceUtc = LittleEndian.ReadInt64(bytes, at);
        at += 8;
        DemandPeriodMinutes = bytes[at];
        DemandSlipMinutes = bytes[at + 1];
        Zones = bytes[at + 2];
        Periods = bytes[at + 3];
        Harmonics = bytes[at + 4];
        KeepsSupply = (bytes[at + 5] & 1) != 0;
        HasAlarm = (bytes[at + 5] & 2) != 0;
        SwappedParts = bytes[at + 6];
        TakeAll(bytes, BytesOfVersion1, _settings.WrongPasswords);
    }

    private static int Put4(byte[] bytes, int at, int value)
    {
        LittleEndian.WriteInt32(bytes, at, value);
        return at + 4;
    }

    private static int Put8(byte[] bytes, int at, long value)
    {
        LittleEndian.WriteInt64(bytes, at, value);
        return at + 8;
    }

    private static int PutAll(byte[] bytes, int at, int[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            bytes[at + i] = (byte)values[i];
        }

        return at + values.Length;
    }

    private static int TakeAll(byte[] bytes, int at, int[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = bytes[at + i];
        }

        return at + values.Length;
    }
}
