using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>A record log whose medium fails on demand; it stays when the meter loses its supply.</summary>
internal sealed class RefusingLog : IRecordLog
{
    public string Identity => null;

    public long IdentityFrom => 1;

    private readonly MemoryRecordLog _log = new MemoryRecordLog(512, IntervalRecord.BytesMax);
    private readonly byte[] _bytes = new byte[IntervalRecord.BytesMax];

    public bool Refuses { get; set; }

    public int Asked { get; private set; }

    public FreezeRecord Freeze { get; } = new FreezeRecord();

    public long OldestNumber => _log.OldestNumber;

    public long NextNumber => _log.NextNumber;

    public long AcknowledgedNumber => _log.AcknowledgedNumber;

    public bool TryAppend(int kind, byte[] payload, int offset, int count, out long number)
    {
        Asked++;
        number = 0;
        return !Refuses && _log.TryAppend(kind, payload, offset, count, out number);
    }

    public bool TryRead(long number, byte[] into, out int count, out int kind) =>
        _log.TryRead(number, into, out count, out kind);

    public bool TryFind(long from, out long number) => _log.TryFind(from, out number);

    public void Acknowledge(long upToNumber) => _log.Acknowledge(upToNumber);

    /// <summary>Freezes of a kind in the log, each ordinal once and in order; the last is in
    /// <see cref="Freeze"/>.</summary>
    public int Count(int freezeKind)
    {
        int found = 0;
        long last = 0;
        FreezeRecord record = new FreezeRecord();
        for (long number = 1; number < NextNumber; number++)
        {
            if (TryRead(number, _bytes, out int count, out int kind) && kind == RecordKind.Freeze
                && record.TryRead(_bytes, 0, count) && record.Kind == freezeKind)
            {
                nanoFramework.TestFramework.Assert.IsTrue(record.Ordinal > last, "an ordinal twice");
                last = record.Ordinal;
                Freeze.TryRead(_bytes, 0, count);
                found++;
            }
        }

        return found;
    }
}
