using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.SmartMeter;

/// <summary>What the record log proves at a start, beyond the registers that were saved.</summary>
internal static class LogProof
{
    /// <summary>Records looked through for the newest interval: events come in handfuls.</summary>
    private const int IntervalSearchRecords = 64;

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

    /// <summary>Where the newest interval record of the log ends; 0 when none is among its newest records.</summary>
    public static long EndOfNewestInterval(IRecordLog records, byte[] buffer)
    {
        IntervalRecord record = new IntervalRecord();
        long last = records.NextNumber - 1;
        for (long number = last; number > last - IntervalSearchRecords && number >= records.OldestNumber; number--)
        {
            if (records.TryRead(number, buffer, out int count, out int kind) && kind == RecordKind.Interval
                && record.TryRead(buffer, 0, count) && (record.Flags & RecordFlags.Untimed) == 0)
            {
                return record.EndUtcSeconds;
            }
        }

        return 0;
    }
}
