using System.Data.Common;
using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Store;

namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>Alarms from what devices report: tampering, faults, clocks. A fault goes on until the device says that it
/// is over; what happened once is an alarm for a day. Each look reads what came since the one before; the first reads
/// all.</summary>
public sealed class EventAlarms(IHeadEndStore store, AlarmStore alarms, AlarmLimits limits,
    Func<DateTimeOffset> utcNow)
{
    private const int ClockStep = 2;
    private const int SensorFaults = 3;
    private const int MeterFaults = 4;
    private const int CheckpointFailed = 6;
    private const int CoverOpened = 24;
    private const int MagneticField = 26;
    private const int FaultRaised = 101;
    private const int FaultCleared = 102;
    private const int InternalError = 105;
    private const int LockFailed = 107;

    /// <summary>Bit of the meter's faults that is its clock's.</summary>
    private const int NoTimeBit = 2;

    private const int BitsMax = 63;

    /// <summary>Bits before, bits now.</summary>
    private const int BitsValues = 2;

    /// <summary>A batch may become durable so long after the time that its records bear.</summary>
    private static readonly TimeSpan _lateMax = TimeSpan.FromMinutes(10);

    private readonly SqlStore _store = (SqlStore)store;
    private readonly Lock _looking = new();
    private readonly Dictionary<(string Kind, string Address, string What), State> _states = [];
    private long _readFromUtcSeconds;

    /// <summary>Reads what came, and says what is an alarm now.</summary>
    public void Look()
    {
        lock (_looking)
        {
            long now = utcNow().ToUnixTimeSeconds();
            foreach (DeviceEvent one in Read())
            {
                Take(one);
            }

            _readFromUtcSeconds = now - (long)_lateMax.TotalSeconds;
            long past = now - (long)limits.EventFor.TotalSeconds;
            foreach (KeyValuePair<(string, string, string), State> old in
                _states.Where(one => one.Value.IsOnce && one.Value.ReceivedUtcSeconds < past).ToList())
            {
                _states.Remove(old.Key);
            }

            foreach (string kind in (string[])[AlarmKinds.Tamper, AlarmKinds.Fault, AlarmKinds.Clock])
            {
                alarms.Set(kind, _states.Where(one => one.Key.Kind == kind && one.Value.IsOn)
                    .GroupBy(one => one.Key.Address).ToDictionary(device => device.Key, device => string.Join("; ",
                        device.OrderBy(one => one.Key.What, StringComparer.Ordinal).Select(one => one.Value.Words))));
            }
        }
    }

    // The index of the migration has these codes.
    private List<DeviceEvent> Read() => _store.Rows("""
        SELECT address, journal_id, record.number, event_code, start_utc_s, end_utc_s, zone_offset_s, received_utc_s,
            body
        FROM record JOIN journal ON journal.id=record.journal_id JOIN device ON device.id=journal.device_id
        WHERE kind='event' AND event_code IN (2,3,4,6,24,25,26,101,102,105,107) AND received_utc_s>=@from
        """, Event, ("from", _readFromUtcSeconds));

    private static DeviceEvent Event(DbDataReader row)
    {
        (int phase, IReadOnlyList<long> values) = DeviceEvent.Read((byte[])row[8]);
        return new DeviceEvent(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3),
            SqlStore.At(row.GetInt64(4), row.GetInt32(6)), SqlStore.At(row.GetInt64(5), row.GetInt32(6)),
            row.GetInt64(7), phase, values);
    }

    private void Take(DeviceEvent one)
    {
        switch (one.Code)
        {
            // Without its values nobody knows of which fault it is.
            case SensorFaults or MeterFaults when one.Values.Count < BitsValues:
            case FaultRaised or FaultCleared or LockFailed when one.Values.Count == 0:
                break;
            case ClockStep:
                TimeSpan step = one.End - one.Start;
                Once(one, AlarmKinds.Clock, step.Duration() > limits.ClockStepMax,
                    string.Create(CultureInfo.InvariantCulture, $"moved by {step.TotalSeconds:+0;-0} s"));
                break;
            case SensorFaults:
                Goes(one, AlarmKinds.Fault, $"sensor {one.Phase}", one.Values[1], "sensor");
                break;
            case MeterFaults:
                Goes(one, AlarmKinds.Fault, "meter", one.Values[1] & ~(1L << NoTimeBit), "meter");
                Goes(one, AlarmKinds.Clock, "no time", one.Values[1] & (1L << NoTimeBit), "meter");
                break;
            case FaultRaised or FaultCleared:
                Put(one, AlarmKinds.Fault, string.Create(CultureInfo.InvariantCulture, $"fault {one.Values[0]}"),
                    one.Code == FaultRaised, isOnce: false, EventNames.Fault("charger", one.Values[0]));
                break;
            case LockFailed:
                Put(one, AlarmKinds.Fault, "lock", one.Values[0] != 0, isOnce: false, Name(one));
                break;
            case CheckpointFailed or InternalError:
                Once(one, AlarmKinds.Fault, isOn: true, "");
                break;
            case >= CoverOpened and <= MagneticField:
                Once(one, AlarmKinds.Tamper, isOn: true, "");
                break;
        }
    }

    private void Once(DeviceEvent one, string kind, bool isOn, string words)
    {
        if (isOn)
        {
            Put(one, kind, Name(one), isOn: true, isOnce: true, words.Length == 0 ? Name(one) : words);
        }
    }

    private void Goes(DeviceEvent one, string kind, string what, long bits, string group) =>
        Put(one, kind, what, bits != 0, isOnce: false, string.Join(", ", Enumerable.Range(0, BitsMax)
            .Where(bit => (bits >> bit & 1) != 0).Select(bit => EventNames.Fault(group, bit)))
            + (one.Phase >= 0 ? $" L{one.Phase + 1}" : ""));

    // Events come late and again: the latest of a journal says what holds, whatever came last.
    private void Put(DeviceEvent one, string kind, string what, bool isOn, bool isOnce, string words)
    {
        if (_states.GetValueOrDefault((kind, one.Address, what)) is { } known
            && (known.JournalId, known.Number).CompareTo((one.JournalId, one.Number)) >= 0)
        {
            return;
        }

        _states[(kind, one.Address, what)] = new State(one.JournalId, one.Number, one.ReceivedUtcSeconds, isOn, isOnce,
            string.Create(CultureInfo.InvariantCulture, $"{words} {one.Start:yyyy-MM-dd'T'HH:mm:ssK}"));
    }

    private static string Name(DeviceEvent one) =>
        EventNames.All.GetValueOrDefault(one.Code) ?? one.Code.ToString(CultureInfo.InvariantCulture);

    private sealed record State(
        long JournalId, long Number, long ReceivedUtcSeconds, bool IsOn, bool IsOnce, string Words);
}
