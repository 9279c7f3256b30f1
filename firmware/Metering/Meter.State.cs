using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Metering;

/// <summary>What of the meter outlives a loss of power, and how the record log brings it forward.</summary>
public sealed partial class Meter
{
    public int SavedBytes => Registers.SavedBytes + ImportDemand.SavedBytes + ExportDemand.SavedBytes
        + ImportCost.StateBytes + ExportCost.StateBytes + IntervalBuilder.SavedBytes;

    /// <summary>Writes everything that must survive a loss of power.</summary>
    public int Save(byte[] bytes, int offset)
    {
        offset = Registers.Save(bytes, offset);
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
    public bool TryLoad(byte[] bytes, int offset)
    {
        Invariant.Require(!_started, "Registers are loaded before the first reading.");
        offset = Registers.Load(bytes, offset);
        offset = ImportDemand.Load(bytes, offset);
        offset = ExportDemand.Load(bytes, offset);
        bool isGood = ImportCost.TryRestore(bytes, offset);
        offset += ImportCost.StateBytes;
        isGood = ExportCost.TryRestore(bytes, offset) && isGood;
        offset += ExportCost.StateBytes;
        _interval.Load(bytes, offset);
        SavedUtcSeconds = _interval.HasSaved && _interval.SavedIsTimed
            ? CivilTime.FloorDivide(_interval.SavedUtcMs, 1000) : 0;
        _costUtcSeconds = SavedUtcSeconds;
        return isGood;
    }

    /// <summary>Brings saved registers forward by an interval record that is newer than they are: the first one after the
    /// save, then each next one. Before the first reading only. False: it does not continue them; nothing changed.</summary>
    public bool TryRollForward(IntervalRecord record)
    {
        Invariant.Require(!_started, "Registers are rolled forward before the first reading.");
        if (!_book.TryBook(record, _interval.ImportAtStart, _interval.ExportAtStart, _costUtcSeconds))
        {
            return false;
        }

        _interval.Continue(record);
        SavedUtcSeconds = (record.Flags & RecordFlags.Untimed) == 0 ? record.EndUtcSeconds : SavedUtcSeconds;
        _costUtcSeconds = SavedUtcSeconds;
        return true;
    }
}
