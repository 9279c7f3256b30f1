using MeterFirmware.Basics;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.History;

/// <summary>
/// Puts every daily, settlement, instant and table-switch freeze into the log that reaches the head-end, once. Hourly
/// and timed ones are collected by command. How far it is lies in the meter's checkpoint; what the log holds beyond it
/// (the supply failed before the next checkpoint) is looked up at the start, so that a cut between freeze, log and
/// checkpoint neither loses nor doubles one.
/// </summary>
internal sealed class FreezePush
{
    /// <summary>Bytes of state: an ordinal for each kind of freeze.</summary>
    public const int SavedBytes = 8 * FreezeKind.Count;

    /// <summary>A log that refuses is asked again so much later.</summary>
    private const int RetryMs = 60_000;

    /// <summary>Records that one checkpoint's time can hold: 15 minutes of intervals and a flood of events.</summary>
    private const int SearchRecords = 256;

    private readonly FreezeReader _freezes;
    private readonly IRecordLog _log;
    private readonly long[] _pushed = new long[FreezeKind.Count];
    private readonly FreezeRecord _record;
    private readonly byte[] _bytes;
    private long _retryAtMs;
    private bool _isLoaded;

    /// <param name="freezes">Reads what is sent.</param>
    /// <param name="log">Where it goes.</param>
    /// <param name="record">Filled anew for each.</param>
    /// <param name="buffer">Room for a record that others use too, the freezes' reader among them.</param>
    public FreezePush(FreezeReader freezes, IRecordLog log, FreezeRecord record, byte[] buffer)
    {
        _freezes = freezes;
        _log = log;
        _record = record;
        _bytes = buffer;
    }

    public void Save(byte[] bytes, int offset)
    {
        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            LittleEndian.WriteInt64(bytes, offset + 8 * kind, _pushed[kind]);
        }
    }

    public void Load(byte[] bytes, int offset)
    {
        _isLoaded = true;
        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            _pushed[kind] = LittleEndian.ReadInt64(bytes, offset + 8 * kind);
        }
    }

    /// <summary>Once, after <see cref="Load"/> or without it.</summary>
    public void Start()
    {
        bool isBehind = false;
        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            // Nothing saved: what was frozen before is not sent a second time. Another flash: it counts from anew.
            long newest = _freezes.Count(kind);
            bool isKnown = _isLoaded && _pushed[kind] <= newest;
            _pushed[kind] = isKnown ? _pushed[kind] : newest;
            isBehind = isBehind || (IsPushed(kind) && _pushed[kind] < newest);
        }

        long number = _log.NextNumber - SearchRecords;
        while (isBehind && _log.TryFind(number, out number))
        {
            if (_log.TryRead(number, _bytes, out int count, out int kind) && kind == RecordKind.Freeze
                && _record.TryRead(_bytes, 0, count) && _record.Kind < FreezeKind.Count
                && _record.Ordinal > _pushed[_record.Kind] && _record.Ordinal <= _freezes.Count(_record.Kind))
            {
                _pushed[_record.Kind] = _record.Ordinal;
            }

            number++;
        }
    }

    /// <summary>Every tick: at most one record of a kind.</summary>
    public void Tick(long nowMs)
    {
        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            long newest = _freezes.Count(kind);
            if (_pushed[kind] == newest || nowMs < _retryAtMs)
            {
                continue;
            }

            // One that is no longer kept (cleared, or passed by newer ones) is not owed.
            if (!IsPushed(kind) || !_freezes.TryRead(kind, (int)(newest - _pushed[kind])))
            {
                _pushed[kind]++;
            }
            else if (TryAppend(kind, _pushed[kind] + 1))
            {
                _pushed[kind]++;
            }
            else
            {
                _retryAtMs = nowMs + RetryMs;
            }
        }
    }

    private static bool IsPushed(int kind) => kind != FreezeKind.Hourly && kind != FreezeKind.Timed;

    private bool TryAppend(int kind, long ordinal)
    {
        _record.Kind = kind;
        _record.Ordinal = ordinal;
        _record.Flags = _freezes.Flags;
        _record.NominalUtcSeconds = _freezes.NominalUtcSeconds;
        _record.MadeUtcSeconds = _freezes.MadeUtcSeconds;
        _record.OffsetSeconds = _freezes.OffsetSeconds;
        _record.ImportWattHours = _freezes.WattHours(EnergyKind.Import, -1);
        _record.ExportWattHours = _freezes.WattHours(EnergyKind.Export, -1);
        return _log.TryAppend(RecordKind.Freeze, _bytes, 0, _record.Write(_bytes, 0), out long _);
    }
}
