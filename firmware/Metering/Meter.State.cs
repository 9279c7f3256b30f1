using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Metering;

/// <summary>What of the meter outlives a loss of power, and how the record log brings it forward.</summary>
public sealed partial class Meter
{
    /// <summary>Up to where the loaded state had booked energy, UTC: its maxima and costs are of then, whatever records
    /// brought forward since. 0 when that is not known.</summary>
    public long CheckpointUtcSeconds { get; private set; }

    /// <summary>True until the first reading, when the loaded state holds an interval that no record of the log
    /// continued.</summary>
    public bool HasOpenInterval => _interval.HasSaved;

    /// <summary>The import register of the loaded state, whatever records brought forward since.</summary>
    public long CheckpointImportWattHours { get; private set; }

    /// <summary>The export register of the loaded state.</summary>
    public long CheckpointExportWattHours { get; private set; }

    public int SavedBytes => SavedBytesOf(_settings.RateCountMax, _settings.TierCountMax);

    /// <summary>What a meter of so many rates and tiers saves.</summary>
    public static int SavedBytesOf(int rates, int tiers) => EnergyRegisters.SavedBytesOf(rates)
        + 2 * DemandMeter.SavedBytesOf(rates) + CostRegister.StateBytesOf(rates, tiers)
        + CostRegister.StateBytesOf(rates, 1) + IntervalBuilder.SavedBytes;

    /// <summary>Writes everything that must survive a loss of power.</summary>
    public int Save(byte[] bytes, int offset) => SaveRest(bytes, Registers.Save(bytes, offset));

    /// <summary>The part of <see cref="Save"/> behind the registers.</summary>
    public int SaveRest(byte[] bytes, int offset)
    {
        offset = ImportDemand.Save(bytes, offset);
        offset = ExportDemand.Save(bytes, offset);
        ImportCost.Save(bytes, offset);
        offset += ImportCost.StateBytes;
        ExportCost.Save(bytes, offset);
        offset += ExportCost.StateBytes;
        return _interval.Save(bytes, offset, _utcMs);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. Before the first reading only. False: the state is not of a meter
    /// like this one; discard the meter.</summary>
    public bool TryLoad(byte[] bytes, int offset) =>
        TryLoad(bytes, offset, _settings.RateCountMax, _settings.TierCountMax);

    /// <summary>Reads what a meter of other rates or tiers saved: totals whole, of the rest what this one
    /// keeps.</summary>
    public bool TryLoad(byte[] bytes, int offset, int rates, int tiers)
    {
        Invariant.Require(!_started, "Registers are loaded before the first reading.");
        offset = Registers.Load(bytes, offset, rates);
        offset = ImportDemand.Load(bytes, offset, rates);
        offset = ExportDemand.Load(bytes, offset, rates);
        bool isGood = ImportCost.TryLoad(bytes, offset, rates, tiers);
        offset += CostRegister.StateBytesOf(rates, tiers);
        isGood = ExportCost.TryLoad(bytes, offset, rates, 1) && isGood;
        offset += CostRegister.StateBytesOf(rates, 1);
        _interval.Load(bytes, offset);
        SavedUtcSeconds = _interval.HasSaved && _interval.SavedIsTimed
            ? CivilTime.FloorDivide(_interval.SavedUtcMs, 1000) : 0;
        _costUtcSeconds = SavedUtcSeconds;
        CheckpointUtcSeconds = SavedUtcSeconds;
        CheckpointImportWattHours = Registers.TotalWattHours(EnergyKind.Import);
        CheckpointExportWattHours = Registers.TotalWattHours(EnergyKind.Export);
        return isGood;
    }

    /// <summary>Brings saved registers forward by an interval record that is newer than they are: the first one after
    /// the save, then each next one. Before the first reading only. False: it does not continue them; nothing
    /// changed.</summary>
    public bool TryRollForward(IntervalRecord record)
    {
        Invariant.Require(!_started, "Registers are rolled forward before the first reading.");
        bool isTimed = (record.Flags & RecordFlags.Untimed) == 0;
        long from = isTimed && record.StartUtcSeconds > SavedUtcSeconds ? record.StartUtcSeconds : SavedUtcSeconds;
        if (!_book.TryBook(record, _interval.ImportAtStart, _interval.ExportAtStart, isTimed, from))
        {
            return false;
        }

        _interval.Continue(record);
        SavedUtcSeconds = isTimed ? record.EndUtcSeconds : SavedUtcSeconds;
        _costUtcSeconds = SavedUtcSeconds;
        return true;
    }

    /// <summary>Finds the prices of an instant before the start; returns until when they hold, UTC seconds.</summary>
    internal long SeekPrices(long utcSeconds)
    {
        _tariff.Seek(utcSeconds);
        ImportCost.Follow(_tariff);
        ExportCost.Follow(_tariff);
        return _tariff.ValidUntilUtc;
    }
}
