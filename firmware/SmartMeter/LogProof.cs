using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.SmartMeter;

/// <summary>What the record log proves at a start, beyond the registers that were saved.</summary>
internal static class LogProof
{
    /// <summary>Brings the registers forward by the interval records that were made after they were saved.</summary>
    /// <param name="records">Open.</param>
    /// <param name="meter">Loaded, before its first reading.</param>
    /// <param name="buffer">Holds a record.</param>
    /// <param name="firstNumber">The next record's number when the registers were saved; 0: not known.</param>
    public static void RollForward(IRecordLog records, Meter meter, byte[] buffer, long firstNumber)
    {
        IntervalRecord record = new IntervalRecord();
        long number = firstNumber > records.OldestNumber ? firstNumber : records.OldestNumber;
        for (bool goesOn = firstNumber > 0; goesOn && number < records.NextNumber; number++)
        {
            goesOn = !records.TryRead(number, buffer, out int count, out int kind) || kind != RecordKind.Interval
                || (record.TryRead(buffer, 0, count) && meter.TryRollForward(record));
        }
    }

    /// <summary>Whether an interval was recorded after the registers were saved: by number, since a clock may have been
    /// wrong.</summary>
    /// <param name="records">Open.</param>
    /// <param name="buffer">Holds a record.</param>
    /// <param name="firstNumber">The next record's number when the registers were saved; 0: not known.</param>
    public static bool HasInterval(IRecordLog records, byte[] buffer, long firstNumber)
    {
        long number = firstNumber > records.OldestNumber ? firstNumber : records.OldestNumber;
        for (; firstNumber > 0 && number < records.NextNumber; number++)
        {
            if (records.TryRead(number, buffer, out int _, out int kind) && kind == RecordKind.Interval)
            {
                return true;
            }
        }

        return false;
    }
}
