using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What the utility sets besides tariffs, and where it takes effect: settlement dates, emission factor, carbon budget
/// and certificates, levels of the prepaid balance, load limit. Kept by <see cref="TariffStore"/>.
/// </summary>
public sealed class MeterTerms
{
    /// <summary>Dates 1 + 3 × 2, factor 4 + 2, certificates 2, budgets 8 + 8, levels 4 × 8, flags 1, load limit 4, the
    /// settlement dates' change 8, the region 1 + 12, its years 1 + 4 × (2 + 4), the load limit of each role 4 × 4.
    /// Each firmware adds behind what the one before it kept.</summary>
    public const int SavedBytes = SavedBytesWithRegion + SafetyLimit.SavedBytes;

    private const int SavedBytesWithRegion = SavedBytesWithDates + RegionBytes;

    private const int SavedBytesWithDates = SavedBytesWithLimit + 8;
    private const int RegionBytes = 1 + RegionTable.NameBytesMax + 1 + RegionTable.YearsMax * 6;
    private const int YearCountAt = SavedBytesWithDates + 1 + RegionTable.NameBytesMax;

    private const int SavedBytesBeforeLimit = 7 + 6 + 2 + 16 + 32 + 1;
    private const int SavedBytesWithLimit = SavedBytesBeforeLimit + 4;

    private readonly MeterRecorder _recorder;
    private readonly SettlementDates _dates;
    private readonly EmissionFactors _factors;
    private readonly CarbonBudget _budget;
    private readonly PrepaymentAccount _prepayment;
    private readonly long[] _levels = new long[4];

    /// <param name="recorder">Null: no settlements, no carbon.</param>
    /// <param name="history">Its parts; null like it.</param>
    /// <param name="prepayment">Null: the meter is not prepaid.</param>
    /// <param name="loadLimit">Null: no relay that could hold it.</param>
    public MeterTerms(MeterRecorder recorder, HistoryParts history, PrepaymentAccount prepayment,
        SafetyLimit loadLimit)
    {
        _recorder = recorder;
        LoadLimit = loadLimit;
        if (history != null)
        {
            _dates = history.Freezes.Settlements;
            _factors = history.Factors;
            _budget = history.Budget;
        }

        _prepayment = prepayment;
    }

    public bool HasRecorder => _recorder != null;

    public bool HasCarbon => _recorder != null && _recorder.Carbon != null;

    /// <summary>Highest import of all phases in W, lowered by command; null without a relay.</summary>
    public SafetyLimit LoadLimit { get; }

    /// <summary>Null: not prepaid.</summary>
    public PrepaymentAccount Prepayment => _prepayment;

    /// <summary>Whether the relay opens when the credit is used up. False: it only warns.</summary>
    public bool OpensRelay { get; set; }

    /// <summary>Whether the account is open: configured once, by command.</summary>
    public bool IsPrepaid { get; private set; }

    /// <summary>Settlement dates in force; only with a recorder.</summary>
    public SettlementDates Dates => _dates;

    /// <summary>When the dates were last changed by command, UTC; 0: never. What they name before it is not
    /// owed.</summary>
    public long DatesSinceUtcSeconds { get; private set; }

    /// <summary>The dates were changed at this instant.</summary>
    public void NoteDatesChanged(long utcSeconds)
    {
        DatesSinceUtcSeconds = utcSeconds;
        _recorder.Freezer.SettlementDatesChanged(utcSeconds);
    }

    /// <summary>Carbon factors in force; only with carbon.</summary>
    public EmissionFactors Factors => _factors;

    public CarbonBudget Budget => _budget;

    /// <summary>Levels of the prepaid balance, as <see cref="PrepaymentAccount.TryConfigure"/> takes them.</summary>
    public bool TrySetLevels(long alarm1, long alarm2, long creditLimit, long reconnectAbove)
    {
        if (_prepayment == null || !_prepayment.TryConfigure(alarm1, alarm2, creditLimit, reconnectAbove, out string _))
        {
            return false;
        }

        _levels[0] = alarm1;
        _levels[1] = alarm2;
        _levels[2] = creditLimit;
        _levels[3] = reconnectAbove;
        IsPrepaid = true;
        return true;
    }

    /// <summary>Writes <see cref="SavedBytes"/> bytes; returns the offset behind.</summary>
    public int Save(byte[] bytes, int offset)
    {
        for (int i = 0; i < SavedBytes; i++)
        {
            bytes[offset + i] = 0;
        }

        if (HasRecorder)
        {
            // All places: one of 0.1.0 passes over those that are empty.
            bytes[offset] = SettlementDates.CountMax;
            for (int i = 0; i < SettlementDates.CountMax; i++)
            {
                bytes[offset + 1 + 2 * i] = (byte)Dates.Day(i);
                bytes[offset + 2 + 2 * i] = (byte)Dates.Hour(i);
            }
        }

        int at = offset + 7;
        if (HasCarbon)
        {
            LittleEndian.WriteInt32(bytes, at, Factors.YearMicrogramsPerKwh[0]);
            LittleEndian.WriteUInt16(bytes, at + 4, Factors.YearUncertaintyPermille);
            LittleEndian.WriteUInt16(bytes, at + 6, _recorder.Carbon.GreenPermille);
            LittleEndian.WriteInt64(bytes, at + 8, Budget.MilligramsMax);
            LittleEndian.WriteInt64(bytes, at + 16, Budget.MicrogramsPerKwhMax);
        }

        at += 24;
        for (int i = 0; i < _levels.Length; i++, at += 8)
        {
            LittleEndian.WriteInt64(bytes, at, _levels[i]);
        }

        bytes[at] = (byte)((IsPrepaid ? 1 : 0) | (OpensRelay ? 2 : 0));
        LittleEndian.WriteInt32(bytes, at + 1, LoadLimit == null ? 0 : LoadLimit.Value);
        LittleEndian.WriteInt64(bytes, at + 5, DatesSinceUtcSeconds);
        at += 13;
        if (HasCarbon)
        {
            SaveRegion(bytes, at);
        }

        at += RegionBytes;
        return LoadLimit == null ? at + SafetyLimit.SavedBytes : LoadLimit.Save(bytes, at);
    }

    private void SaveRegion(byte[] bytes, int at)
    {
        bytes[at] = (byte)Factors.Region.Length;
        for (int i = 0; i < Factors.Region.Length; i++)
        {
            bytes[at + 1 + i] = (byte)Factors.Region[i];
        }

        // The lower bits: how many years; the highest: they are the region's own.
        at += 1 + RegionTable.NameBytesMax;
        int count = Factors.Years.Length < RegionTable.YearsMax ? Factors.Years.Length : RegionTable.YearsMax;
        bytes[at] = (byte)(count | (Factors.IsRegional ? 0x80 : 0));
        for (int i = 0; i < count; i++)
        {
            LittleEndian.WriteUInt16(bytes, at + 1 + 6 * i, Factors.Years[i]);
            LittleEndian.WriteInt32(bytes, at + 3 + 6 * i, Factors.YearMicrogramsPerKwh[i]);
        }
    }

    private void LoadRegion(byte[] bytes, int at)
    {
        char[] name = new char[bytes[at] <= RegionTable.NameBytesMax ? bytes[at] : 0];
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = (char)bytes[at + 1 + i];
        }

        at += 1 + RegionTable.NameBytesMax;
        int count = bytes[at] & 0x7F;
        if (count < 1 || count > RegionTable.YearsMax)
        {
            return;
        }

        Factors.Region = new string(name);
        Factors.IsRegional = (bytes[at] & 0x80) != 0;
        Factors.Years = new int[count];
        Factors.YearMicrogramsPerKwh = new int[count];
        for (int i = 0; i < count; i++)
        {
            Factors.Years[i] = LittleEndian.ReadUInt16(bytes, at + 1 + 6 * i);
            Factors.YearMicrogramsPerKwh[i] = LittleEndian.ReadInt32(bytes, at + 3 + 6 * i);
        }
    }

    /// <summary>Takes what <see cref="Save"/> wrote. False, and nothing changes: cut short.</summary>
    public bool TryLoad(byte[] bytes, int offset, int end)
    {
        if (offset + SavedBytesBeforeLimit > end)
        {
            return false;
        }

        if (HasRecorder && bytes[offset] > 0)
        {
            Dates.Clear();
            for (int i = 0; i < bytes[offset] && i < SettlementDates.CountMax; i++)
            {
                Dates.TrySet(i, bytes[offset + 1 + 2 * i], bytes[offset + 2 + 2 * i]);
            }
        }

        int at = offset + 7;
        bool hasYears = offset + SavedBytesWithRegion <= end && (bytes[offset + YearCountAt] & 0x7F) > 0;
        if (HasCarbon && (hasYears || LittleEndian.ReadInt32(bytes, at) > 0))
        {
            Factors.YearMicrogramsPerKwh[0] = LittleEndian.ReadInt32(bytes, at);
            Factors.YearUncertaintyPermille = LittleEndian.ReadUInt16(bytes, at + 4);
            _recorder.Carbon.GreenPermille = LittleEndian.ReadUInt16(bytes, at + 6);
            Budget.MilligramsMax = LittleEndian.ReadInt64(bytes, at + 8);
            Budget.MicrogramsPerKwhMax = LittleEndian.ReadInt64(bytes, at + 16);
        }

        if (HasCarbon && offset + SavedBytesWithRegion <= end)
        {
            LoadRegion(bytes, offset + SavedBytesWithDates);
        }

        if (HasRecorder && offset + SavedBytesWithDates <= end)
        {
            DatesSinceUtcSeconds = LittleEndian.ReadInt64(bytes, offset + SavedBytesWithLimit);
            _recorder.Freezer.SettlementDatesChanged(DatesSinceUtcSeconds);
        }

        at += 24;
        if (LoadLimit != null && !LoadLimit.TryLoad(bytes, offset + SavedBytesWithRegion, end)
            && offset + SavedBytesWithLimit <= end)
        {
            // An older firmware kept one limit for all: nobody but the utility lifts what may be its own.
            LoadLimit.TrySet(CommandRole.Utility, LittleEndian.ReadInt32(bytes, at + 33));
        }

        OpensRelay = (bytes[at + 32] & 2) != 0;
        IsPrepaid = false;
        if ((bytes[at + 32] & 1) != 0)
        {
            TrySetLevels(LittleEndian.ReadInt64(bytes, at), LittleEndian.ReadInt64(bytes, at + 8),
                LittleEndian.ReadInt64(bytes, at + 16), LittleEndian.ReadInt64(bytes, at + 24));
        }

        return true;
    }
}
