using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>Profiles as bytes for a checkpoint, so that none is lost on a reboot, whatever its stack level.
/// Layout: version, count, then each profile; little endian; CRC-32 at the end.</summary>
public static class ProfileCodec
{
    private const byte Version = 1;
    private const int HeaderBytes = 3;
    private const int FixedBytes = 44;
    private const int PeriodBytes = 9;
    private const int CrcBytes = 4;

    /// <summary>Bytes that a composer's profiles can need at most.</summary>
    public static int BytesMax(ProfileComposer composer) =>
        HeaderBytes + composer.ProfilesMax * (FixedBytes + ChargingProfile.PeriodsMax * PeriodBytes) + CrcBytes;

    /// <summary>Writes all used profiles except those of a transaction, which ends with a reboot. The number of bytes
    /// is the result; the buffer must hold <see cref="BytesMax"/>.</summary>
    public static int Save(ProfileComposer composer, byte[] buffer)
    {
        int at = HeaderBytes;
        int count = 0;
        for (int i = 0; i < composer.ProfilesMax; i++)
        {
            ChargingProfile profile = composer.ProfileAt(i);
            if (profile.IsUsed && profile.Purpose != ProfilePurpose.Transaction)
            {
                at = Write(profile, buffer, at);
                count++;
            }
        }

        buffer[0] = Version;
        LittleEndian.WriteUInt16(buffer, 1, count);
        LittleEndian.WriteInt32(buffer, at, (int)Crc32.Of(buffer, 0, at));
        return at + CrcBytes;
    }

    /// <summary>Reads them back. False: not ours, damaged, or more than fit; then the composer holds no
    /// profile.</summary>
    public static bool TryLoad(ProfileComposer composer, byte[] buffer, int length)
    {
        Clear(composer);
        bool whole = length >= HeaderBytes + CrcBytes && length <= buffer.Length && buffer[0] == Version
            && Crc32.Of(buffer, 0, length - CrcBytes) == (uint)LittleEndian.ReadInt32(buffer, length - CrcBytes);
        int count = whole ? LittleEndian.ReadUInt16(buffer, 1) : 0;
        if (!whole || count > composer.ProfilesMax)
        {
            return false;
        }

        int at = HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(composer.ProfileAt(i), buffer, ref at, length - CrcBytes))
            {
                Clear(composer);
                return false;
            }
        }

        return true;
    }

    private static void Clear(ProfileComposer composer)
    {
        for (int i = 0; i < composer.ProfilesMax; i++)
        {
            composer.ProfileAt(i).Clear();
        }
    }

    private static int Write(ChargingProfile profile, byte[] buffer, int at)
    {
        LittleEndian.WriteInt32(buffer, at, profile.Id);
        buffer[at + 4] = (byte)profile.StackLevel;
        buffer[at + 5] = (byte)profile.Purpose;
        buffer[at + 6] = (byte)profile.Kind;
        buffer[at + 7] = (byte)(profile.IsInWatts ? 1 : 0);
        LittleEndian.WriteInt64(buffer, at + 8, profile.ValidFromUtc);
        LittleEndian.WriteInt64(buffer, at + 16, profile.ValidToUtc);
        LittleEndian.WriteInt64(buffer, at + 24, profile.StartUtc);
        LittleEndian.WriteInt32(buffer, at + 32, profile.DurationSeconds);
        LittleEndian.WriteInt32(buffer, at + 36, profile.MinimumRate);
        LittleEndian.WriteInt32(buffer, at + 40, profile.PeriodCount);
        at += FixedBytes;
        for (int i = 0; i < profile.PeriodCount; i++)
        {
            LittleEndian.WriteInt32(buffer, at, profile.PeriodStartSeconds[i]);
            LittleEndian.WriteInt32(buffer, at + 4, profile.PeriodLimit[i]);
            buffer[at + 8] = profile.PeriodPhases[i];
            at += PeriodBytes;
        }

        return at;
    }

    // Nothing is taken that a command would not have set.
    private static bool TryRead(ChargingProfile profile, byte[] buffer, ref int at, int end)
    {
        if (end - at < FixedBytes)
        {
            return false;
        }

        profile.Id = LittleEndian.ReadInt32(buffer, at);
        profile.StackLevel = buffer[at + 4];
        profile.Purpose = (ProfilePurpose)buffer[at + 5];
        profile.Kind = (ProfileKind)buffer[at + 6];
        profile.IsInWatts = buffer[at + 7] != 0;
        profile.ValidFromUtc = LittleEndian.ReadInt64(buffer, at + 8);
        profile.ValidToUtc = LittleEndian.ReadInt64(buffer, at + 16);
        profile.StartUtc = LittleEndian.ReadInt64(buffer, at + 24);
        profile.DurationSeconds = LittleEndian.ReadInt32(buffer, at + 32);
        profile.MinimumRate = LittleEndian.ReadInt32(buffer, at + 36);
        int periods = LittleEndian.ReadInt32(buffer, at + 40);
        at += FixedBytes;
        bool isPossible = profile.StackLevel <= ChargingProfile.StackLevelMax
            && profile.Purpose <= ProfilePurpose.Transaction && profile.Kind <= ProfileKind.Relative
            && periods >= 0 && periods <= ChargingProfile.PeriodsMax && end - at >= periods * PeriodBytes;
        for (int i = 0; isPossible && i < periods; i++)
        {
            isPossible = profile.TryAddPeriod(
                LittleEndian.ReadInt32(buffer, at), LittleEndian.ReadInt32(buffer, at + 4), buffer[at + 8]);
            at += PeriodBytes;
        }

        profile.IsUsed = isPossible;
        return isPossible;
    }
}
