using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>What a session's vehicle gave back, settled by the prices that held when it flowed.</summary>
public sealed class SessionLedger
{
    private readonly TwoWayLedger _ledger = new TwoWayLedger(ChargerLimits.RateCount);
    private long _importWattHours;
    private long _importMicrojoules;
    private long _exportWattHours;
    private long _exportMicrojoules;

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public static int SavedBytes => 32 + TwoWayLedger.SavedBytesOf(ChargerLimits.RateCount);

    /// <summary>What the energy given back in this session has earned, ten-thousandths of the currency.</summary>
    public long Earned
    {
        get
        {
            long sum = 0;
            for (int line = 0; line < _ledger.Count; line++)
            {
                sum += EarnedOf(line);
            }

            return sum;
        }
    }

    /// <summary>Energy given back in this session, whole Wh of each line.</summary>
    public long ExportWattHours
    {
        get
        {
            long sum = 0;
            for (int line = 0; line < _ledger.Count; line++)
            {
                sum += _ledger.ExportWattHoursOf(line);
            }

            return sum;
        }
    }

    /// <summary>A session begins: what flowed before is not its own.</summary>
    public void Begin(EnergyRegisters registers)
    {
        _ledger.Clear();
        Note(registers);
    }

    /// <summary>Settles what has flowed since the last call.</summary>
    /// <param name="tariff">At the present moment; one table for the whole session, so that lines suffice.</param>
    public void Settle(EnergyRegisters registers, TariffSets tariff)
    {
        long export = Delta(registers, EnergyKind.Export, _exportWattHours, _exportMicrojoules);
        Note(registers);
        if (export == 0)
        {
            return;
        }

        // Lines by the price that it earns: what is drawn has its own bill, whose price may be another each quarter
        // hour.
        int price = (int)tariff.ExportPrice();
        if (!_ledger.TryAdd(-export, 0, price))
        {
            // A state of an earlier firmware had lines for import prices too, and they are used up.
            _ledger.TryAdd(-export, _ledger.ImportPriceOf(0), _ledger.ExportPriceOf(0));
        }
    }

    /// <summary>Writes the lines that were given back into a finished record.</summary>
    public void Complete(SessionRecord record)
    {
        record.ExportCount = 0;
        for (int line = 0; line < _ledger.Count; line++)
        {
            if (_ledger.ExportWattHoursOf(line) == 0)
            {
                continue;
            }

            record.ExportPrice[record.ExportCount] = _ledger.ExportPriceOf(line);
            record.ExportWattHours[record.ExportCount] = _ledger.ExportWattHoursOf(line);
            record.ExportEarned[record.ExportCount] = EarnedOf(line);
            record.ExportCount++;
        }
    }

    /// <summary>Writes what must outlive a loss of supply.</summary>
    public void Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, _importWattHours);
        LittleEndian.WriteInt64(bytes, offset + 8, _importMicrojoules);
        LittleEndian.WriteInt64(bytes, offset + 16, _exportWattHours);
        LittleEndian.WriteInt64(bytes, offset + 24, _exportMicrojoules);
        _ledger.Save(bytes, offset + 32);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: a value is out of its range, nothing is settled so
    /// far.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        _importWattHours = LittleEndian.ReadInt64(bytes, offset);
        _importMicrojoules = LittleEndian.ReadInt64(bytes, offset + 8);
        _exportWattHours = LittleEndian.ReadInt64(bytes, offset + 16);
        _exportMicrojoules = LittleEndian.ReadInt64(bytes, offset + 24);
        return _ledger.TryLoad(bytes, offset + 32);
    }

    // Each line rounded half away from zero once, as a bill's.
    private long EarnedOf(int line) => Bill.LineCost(_ledger.ExportWattHoursOf(line), 0, _ledger.ExportPriceOf(line));

    private static long Delta(EnergyRegisters registers, int kind, long wattHours, long microjoules) =>
        (registers.TotalWattHours(kind) - wattHours) * Scaling.MicrojoulesPerWattHour
        + registers.TotalRemainder(kind) - microjoules;

    private void Note(EnergyRegisters registers)
    {
        _importWattHours = registers.TotalWattHours(EnergyKind.Import);
        _importMicrojoules = registers.TotalRemainder(EnergyKind.Import);
        _exportWattHours = registers.TotalWattHours(EnergyKind.Export);
        _exportMicrojoules = registers.TotalRemainder(EnergyKind.Export);
    }
}
