using MeterFirmware.Basics;
using MeterFirmware.Grid;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// A finished session as it goes to the journal: registers, energy and cost by rate, and an HMAC-SHA256 over all bytes
/// before it, under the charger's billing key. Whoever has the key can check that a bill stands on this record. It is
/// symmetric: public-key signing (OCMF and its like) is the gateway's, and not claimed here.
/// </summary>
public sealed class SessionRecord
{
    /// <summary>Longest form in bytes; this many must be free for <see cref="Write"/>.</summary>
    public const int BytesMax = 3 + ChargerLimits.TokenBytesMax + VarInt.BytesMax * (12 + 3 * ChargerLimits.RateCount)
        + IntBytesMax * IntCount + ExportBytesMax + FeeCount * VarInt.BytesMax + GridBytesMax + HmacSha256.TagBytes;

    // Offset, flags, reason and the tariff's CRC: 32 bits take no more.
    private const int IntCount = 4;
    private const int IntBytesMax = 5;

    // Prices and energies of a session stay below 35 bits: five bytes each.
    private const int ExportBytesMax = 1 + ChargerLimits.RateCount * 15;
    private const int Version = 1;

    // With what the vehicle gave back behind the rates; written only when it did.
    private const int TwoWayVersion = 2;

    // With the fees by the minute behind that; written only when there are some.
    private const int FeesVersion = 3;
    private const int FeeCount = 4;

    // With the grid profile behind that; written only under one, with all parts before it.
    private const int GridVersion = 4;
    private const int GridBytesMax = 1 + GridProfile.NameBytesMax + IntBytesMax;

    /// <summary>Number of the session on this charger, from 1, never used again.</summary>
    public long Number { get; set; }

    public byte[] Token { get; } = new byte[ChargerLimits.TokenBytesMax];

    public int TokenLength { get; set; }

    public long StartUtcSeconds { get; set; }

    public long EndUtcSeconds { get; set; }

    public int OffsetSeconds { get; set; }

    /// <summary>Bits of Storage.Records.RecordFlags.</summary>
    public int Flags { get; set; }

    /// <summary><see cref="SessionReason"/>.</summary>
    public int Reason { get; set; }

    /// <summary>The charger's import register at start and end, Wh and the µJ above them.</summary>
    public long StartWattHours { get; set; }

    public long StartMicrojoules { get; set; }

    public long EndWattHours { get; set; }

    public long EndMicrojoules { get; set; }

    /// <summary>CRC-32 of the tariff table in force at the end.</summary>
    public long TariffCrc { get; set; }

    /// <summary>Time with current flowing, and highest phase current in mA.</summary>
    public long ChargingSeconds { get; set; }

    public long CurrentMilliampsMax { get; set; }

    /// <summary>Service fee, ten-thousandths of the currency, one rounded line.</summary>
    public long ServiceCost { get; set; }

    /// <summary>How long the vehicle stood there after charging, s, and what that costs, ten-thousandths of the
    /// currency; 0 where the tariff has no such fee.</summary>
    public long OccupancySeconds { get; set; }

    public long OccupancyCost { get; set; }

    /// <summary>How long the charger was kept, s, and what that costs; 0 where the tariff has no such fee.</summary>
    public long ReservationSeconds { get; set; }

    public long ReservationCost { get; set; }

    public int RateCount { get; set; }

    public long[] RateWattHours { get; } = new long[ChargerLimits.RateCount];

    public long[] RateMicrojoules { get; } = new long[ChargerLimits.RateCount];

    /// <summary>Cost by rate, ten-thousandths of the currency, each rounded once.</summary>
    public long[] RateCost { get; } = new long[ChargerLimits.RateCount];

    /// <summary>Prices at which the vehicle gave energy back; 0 = it did not.</summary>
    public int ExportCount { get; set; }

    /// <summary>Export price of each, millionths per kWh.</summary>
    public long[] ExportPrice { get; } = new long[ChargerLimits.RateCount];

    public long[] ExportWattHours { get; } = new long[ChargerLimits.RateCount];

    /// <summary>What each earns the driver, ten-thousandths of the currency, rounded once. Not netted with the
    /// bill.</summary>
    public long[] ExportEarned { get; } = new long[ChargerLimits.RateCount];

    /// <summary>The grid profile that the vehicle gave back under, and its CRC; null: none.</summary>
    public string GridName { get; set; }

    public uint GridCrc { get; set; }

    /// <summary>The bill: the rates' lines and the fees.</summary>
    public long TotalCost()
    {
        long total = ServiceCost + OccupancyCost + ReservationCost;
        for (int rate = 0; rate < RateCount; rate++)
        {
            total += RateCost[rate];
        }

        return total;
    }

    /// <summary>Whether it bills minutes.</summary>
    public bool HasFees => OccupancySeconds > 0 || ReservationSeconds > 0;

    /// <summary>Bytes of a running session's part: <see cref="SaveRunning"/>.</summary>
    public const int RunningBytes = 56 + ChargerLimits.TokenBytesMax;

    /// <summary>Writes what of a running session must outlive a loss of supply.</summary>
    public void SaveRunning(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, Number);
        LittleEndian.WriteInt64(bytes, offset + 8, StartUtcSeconds);
        LittleEndian.WriteInt64(bytes, offset + 16, EndUtcSeconds);
        LittleEndian.WriteInt64(bytes, offset + 24, StartWattHours);
        LittleEndian.WriteInt64(bytes, offset + 32, StartMicrojoules);
        LittleEndian.WriteInt32(bytes, offset + 40, OffsetSeconds);
        LittleEndian.WriteInt32(bytes, offset + 44, Flags);
        LittleEndian.WriteInt32(bytes, offset + 48, (int)CurrentMilliampsMax);
        LittleEndian.WriteInt32(bytes, offset + 52, TokenLength);
        for (int i = 0; i < ChargerLimits.TokenBytesMax; i++)
        {
            bytes[offset + 56 + i] = Token[i];
        }
    }

    /// <summary>Reads what <see cref="SaveRunning"/> wrote. False: the token's length is out of range, and no token is
    /// there.</summary>
    public bool TryLoadRunning(byte[] bytes, int offset)
    {
        int tokenLength = LittleEndian.ReadInt32(bytes, offset + 52);
        bool isTokenRead = tokenLength >= 0 && tokenLength <= ChargerLimits.TokenBytesMax;
        TokenLength = isTokenRead ? tokenLength : 0;
        Number = LittleEndian.ReadInt64(bytes, offset);
        StartUtcSeconds = LittleEndian.ReadInt64(bytes, offset + 8);
        EndUtcSeconds = LittleEndian.ReadInt64(bytes, offset + 16);
        StartWattHours = LittleEndian.ReadInt64(bytes, offset + 24);
        StartMicrojoules = LittleEndian.ReadInt64(bytes, offset + 32);
        OffsetSeconds = LittleEndian.ReadInt32(bytes, offset + 40);
        Flags = LittleEndian.ReadInt32(bytes, offset + 44);
        CurrentMilliampsMax = LittleEndian.ReadInt32(bytes, offset + 48);
        for (int i = 0; i < ChargerLimits.TokenBytesMax; i++)
        {
            Token[i] = bytes[offset + 56 + i];
        }

        return isTokenRead;
    }

    /// <summary>Longest form without the tag.</summary>
    public const int BodyBytesMax = BytesMax - HmacSha256.TagBytes;

    /// <summary>Writes the record and its tag; returns the length.</summary>
    public int Write(byte[] bytes, int offset, HmacSha256 hmac)
    {
        int length = WriteBody(bytes, offset);
        hmac.Begin();
        hmac.Add(bytes, offset, length);
        hmac.Finish(bytes, offset + length);
        return length + HmacSha256.TagBytes;
    }

    /// <summary>Writes the record without its tag; returns the length.</summary>
    public int WriteBody(byte[] bytes, int offset)
    {
        int at = offset;
        bytes[at++] = (byte)VersionNow();
        bytes[at++] = (byte)TokenLength;
        bytes[at++] = (byte)RateCount;
        for (int i = 0; i < TokenLength; i++)
        {
            bytes[at++] = Token[i];
        }

        at = VarInt.Write(bytes, at, Number);
        at = VarInt.Write(bytes, at, StartUtcSeconds);
        at = VarInt.Write(bytes, at, EndUtcSeconds - StartUtcSeconds);
        at = VarInt.Write(bytes, at, OffsetSeconds);
        at = VarInt.Write(bytes, at, Flags);
        at = VarInt.Write(bytes, at, Reason);
        at = VarInt.Write(bytes, at, StartWattHours);
        at = VarInt.Write(bytes, at, StartMicrojoules);
        at = VarInt.Write(bytes, at, EndWattHours - StartWattHours);
        at = VarInt.Write(bytes, at, EndMicrojoules);
        at = VarInt.Write(bytes, at, TariffCrc);
        at = VarInt.Write(bytes, at, ChargingSeconds);
        at = VarInt.Write(bytes, at, CurrentMilliampsMax);
        at = VarInt.Write(bytes, at, ServiceCost);
        for (int rate = 0; rate < RateCount; rate++)
        {
            at = VarInt.Write(bytes, at, RateWattHours[rate]);
            at = VarInt.Write(bytes, at, RateMicrojoules[rate]);
            at = VarInt.Write(bytes, at, RateCost[rate]);
        }

        at = ExportCount > 0 || HasFees || GridName != null ? WriteExport(bytes, at) : at;
        if (HasFees || GridName != null)
        {
            at = VarInt.Write(bytes, at, OccupancySeconds);
            at = VarInt.Write(bytes, at, OccupancyCost);
            at = VarInt.Write(bytes, at, ReservationSeconds);
            at = VarInt.Write(bytes, at, ReservationCost);
        }

        return (GridName == null ? at : WriteGrid(bytes, at)) - offset;
    }

    private int VersionNow() => GridName != null ? GridVersion : HasFees ? FeesVersion
        : ExportCount > 0 ? TwoWayVersion : Version;

    private int WriteGrid(byte[] bytes, int at)
    {
        bytes[at++] = (byte)GridName.Length;
        for (int i = 0; i < GridName.Length; i++)
        {
            bytes[at++] = (byte)GridName[i];
        }

        return VarInt.Write(bytes, at, GridCrc);
    }

    /// <summary>True when the tag at the end belongs to the bytes before it under this key.</summary>
    public static bool IsAuthentic(byte[] bytes, int offset, int count, HmacSha256 hmac)
    {
        if (count <= HmacSha256.TagBytes)
        {
            return false;
        }

        int length = count - HmacSha256.TagBytes;
        hmac.Begin();
        hmac.Add(bytes, offset, length);
        return hmac.FinishAndCheck(bytes, offset + length, HmacSha256.TagBytes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, without checking the tag. False: another version, or
    /// cut.</summary>
    public bool TryRead(byte[] bytes, int offset, int count) => TryReadBody(bytes, offset, count - HmacSha256.TagBytes);

    /// <summary>Reads what <see cref="WriteBody"/> wrote. False: another version, or cut.</summary>
    public bool TryReadBody(byte[] bytes, int offset, int count)
    {
        int end = offset + count;
        if (end < offset + 3 || bytes[offset] < Version || bytes[offset] > GridVersion
            || bytes[offset + 1] > ChargerLimits.TokenBytesMax
            || bytes[offset + 2] > ChargerLimits.RateCount || offset + 3 + bytes[offset + 1] > end)
        {
            return false;
        }

        TokenLength = bytes[offset + 1];
        RateCount = bytes[offset + 2];
        int at = offset + 3;
        for (int i = 0; i < TokenLength; i++)
        {
            Token[i] = bytes[at++];
        }

        return TryReadTimes(bytes, ref at, end) && TryReadRegisters(bytes, ref at, end)
            && TryReadRates(bytes, ref at, end) && TryReadExport(bytes, ref at, end, bytes[offset])
            && TryReadFees(bytes, ref at, end, bytes[offset] >= FeesVersion)
            && TryReadGrid(bytes, ref at, end, bytes[offset] == GridVersion) && at == end;
    }

    private int WriteExport(byte[] bytes, int at)
    {
        bytes[at++] = (byte)ExportCount;
        for (int line = 0; line < ExportCount; line++)
        {
            at = VarInt.Write(bytes, at, ExportPrice[line]);
            at = VarInt.Write(bytes, at, ExportWattHours[line]);
            at = VarInt.Write(bytes, at, ExportEarned[line]);
        }

        return at;
    }

    private bool TryReadFees(byte[] bytes, ref int at, int end, bool hasFees)
    {
        OccupancySeconds = 0;
        OccupancyCost = 0;
        ReservationSeconds = 0;
        ReservationCost = 0;
        if (!hasFees)
        {
            return true;
        }

        bool isRead = VarInt.TryRead(bytes, ref at, end, out long occupancy);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long occupancyCost);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long reservation);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long reservationCost);
        OccupancySeconds = occupancy;
        OccupancyCost = occupancyCost;
        ReservationSeconds = reservation;
        ReservationCost = reservationCost;
        return isRead;
    }

    private bool TryReadGrid(byte[] bytes, ref int at, int end, bool hasGrid)
    {
        string before = GridName;
        GridName = null;
        GridCrc = 0;
        if (!hasGrid)
        {
            return true;
        }

        int length = at < end ? bytes[at++] : 0;
        if (length < 1 || length > GridProfile.NameBytesMax || at + length > end)
        {
            return false;
        }

        // The same as a rule: then nothing is allocated.
        GridName = IsText(before, bytes, at, length) ? before : GridProfile.TextOf(bytes, at, length);
        at += length;
        bool isRead = VarInt.TryRead(bytes, ref at, end, out long crc);
        GridCrc = (uint)crc;
        return isRead;
    }

    private static bool IsText(string text, byte[] bytes, int at, int length)
    {
        bool isSame = text != null && text.Length == length;
        for (int i = 0; isSame && i < length; i++)
        {
            isSame = text[i] == bytes[at + i];
        }

        return isSame;
    }

    private bool TryReadExport(byte[] bytes, ref int at, int end, int version)
    {
        ExportCount = 0;
        if (version == Version)
        {
            return true;
        }

        int count = at < end ? bytes[at++] : -1;
        if (count < (version == TwoWayVersion ? 1 : 0) || count > ChargerLimits.RateCount)
        {
            return false;
        }

        for (int line = 0; line < count; line++)
        {
            if (!VarInt.TryRead(bytes, ref at, end, out long price)
                || !VarInt.TryRead(bytes, ref at, end, out long energy)
                || !VarInt.TryRead(bytes, ref at, end, out long earned))
            {
                return false;
            }

            ExportPrice[line] = price;
            ExportWattHours[line] = energy;
            ExportEarned[line] = earned;
        }

        ExportCount = count;
        return true;
    }

    private bool TryReadTimes(byte[] bytes, ref int at, int end)
    {
        bool isRead = VarInt.TryRead(bytes, ref at, end, out long number);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long start);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long length);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long zone);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long flags);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long reason);
        Number = number;
        StartUtcSeconds = start;
        EndUtcSeconds = start + length;
        OffsetSeconds = (int)zone;
        Flags = (int)flags;
        Reason = (int)reason;
        return isRead;
    }

    private bool TryReadRegisters(byte[] bytes, ref int at, int end)
    {
        bool isRead = VarInt.TryRead(bytes, ref at, end, out long start);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long startParts);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long energy);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long endParts);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long crc);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long seconds);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long current);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long service);
        StartWattHours = start;
        StartMicrojoules = startParts;
        EndWattHours = start + energy;
        EndMicrojoules = endParts;
        TariffCrc = crc;
        ChargingSeconds = seconds;
        CurrentMilliampsMax = current;
        ServiceCost = service;
        return isRead;
    }

    private bool TryReadRates(byte[] bytes, ref int at, int end)
    {
        for (int rate = 0; rate < RateCount; rate++)
        {
            if (!VarInt.TryRead(bytes, ref at, end, out long energy)
                || !VarInt.TryRead(bytes, ref at, end, out long parts)
                || !VarInt.TryRead(bytes, ref at, end, out long cost))
            {
                return false;
            }

            RateWattHours[rate] = energy;
            RateMicrojoules[rate] = parts;
            RateCost[rate] = cost;
        }

        return true;
    }
}
