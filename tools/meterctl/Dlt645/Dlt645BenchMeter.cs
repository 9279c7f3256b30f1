using MeterFirmware.Protocols;

namespace MeterFirmware.Tools.MeterCtl.Dlt645Text;

/// <summary>
/// A three-phase meter under a constant load, for trying masters against: registers grow with real time, commands act
/// on them. Parameters that are written can be read back. Everything it has not is "no such data".
/// </summary>
public sealed class Dlt645BenchMeter : IDlt645Meter
{
    private const int PowerTenthWatts = 11_500;
    private readonly Dictionary<int, long[]> _parameters = new() { [0x04000103] = [15], [0x04000104] = [1], [0x04000204] = [4] };
    private readonly Dictionary<(int Di, int Field), long> _instantFreeze = [];
    private readonly DateTime _startLocal = DateTime.Now;
    private TimeSpan _clockOffset;
    private double _clearedSeconds;

    public Dlt645Counts Counts { get; } = new();

    public bool IsProgrammingAllowed => true;

    public bool RelayIsClosed { get; private set; } = true;

    public long ProfileTime => 0;

    private double RunSeconds => (DateTime.Now - _startLocal).TotalSeconds - _clearedSeconds;

    /// <summary>Forward energy in 0.01 kWh: three phases of 1.15 kW.</summary>
    private long Forward => (long)(RunSeconds * 3 * PowerTenthWatts / 10 / 36_000);

    public bool TryRead(int di, int field, out long value)
    {
        value = 0;
        int b2 = (di >> 16) & 0xFF;
        int b1 = (di >> 8) & 0xFF;
        switch (di >> 24)
        {
            case 0x00 when b2 <= 8 && (di & 0xFF) == 0 && b1 <= Counts.Rates:
                // Everything runs in rate 2 (peak), forward.
                value = b2 <= 1 && (b1 == 0 || b1 == 2) ? Forward : 0;
                return true;
            case 0x02:
                return TryVariable(b2, b1, di & 0xFF, out value);
            case 0x04 when _parameters.TryGetValue(di, out long[]? fields) && field < fields.Length:
                value = fields[field];
                return true;
            case 0x05 when b2 == 1 && (di & 0xFF) == 1:
                return _instantFreeze.TryGetValue((b1, field), out value);
            default:
                return false;
        }
    }

    private bool TryVariable(int quantity, int phase, int last, out long value)
    {
        long load = RelayIsClosed ? 1 : 0;
        value = quantity switch
        {
            0x01 => 2_300,
            0x02 => 5_000 * load,
            0x03 or 0x05 => PowerTenthWatts * load * (phase == 0 ? 3 : 1),
            0x06 => 1_000,
            0x07 => phase == 1 ? 0 : phase == 2 ? 1_200 : 2_400,
            0x80 when last == 2 => 5_000,
            0x80 when last is 3 or 4 => 3 * PowerTenthWatts * load,
            _ => 0,
        };
        return quantity is >= 1 and <= 7 || (quantity == 0x80 && last is >= 1 and <= 6);
    }

    public int Write(int di, long[] fields, int fieldCount, int operatorCode)
    {
        _parameters[di] = fields[..fieldCount];
        return 0;
    }

    public bool TryReadClock(out long localSeconds)
    {
        localSeconds = (DateTime.Now + _clockOffset - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        return true;
    }

    public int SetClock(long localSeconds, bool isBroadcast, int operatorCode)
    {
        _clockOffset = DateTime.UnixEpoch.AddSeconds(localSeconds) - DateTime.Now;
        return 0;
    }

    public int Freeze(int month, int day, int hour, int minute)
    {
        if (minute != 99)
        {
            return Dlt645.ErrorOther;
        }

        TryReadClock(out long now);
        _instantFreeze[(0, 0)] = Dlt645Time.ToMinuteDigits(now, new Basics.CivilTime());
        for (int part = 1; part <= 8; part++)
        {
            for (int rate = 0; rate <= Counts.Rates; rate++)
            {
                TryRead((part << 16) | (rate << 8), 0, out long value);
                _instantFreeze[(part, rate)] = value;
            }
        }

        return 0;
    }

    public int ClearDemand(int operatorCode) => 0;

    public int ClearMeter(int operatorCode)
    {
        _clearedSeconds = (DateTime.Now - _startLocal).TotalSeconds;
        return 0;
    }

    public int ClearEvents(int di, int operatorCode) => 0;

    public int Relay(int command, int operatorCode)
    {
        if (command is not (Dlt645.RelayTrip or Dlt645.RelayAllowClosing or Dlt645.RelayClose))
        {
            return Dlt645.ErrorOther;
        }

        RelayIsClosed = command != Dlt645.RelayTrip;
        return 0;
    }

    public bool TrySeekProfile(int which, long localSeconds) => false;

    public bool TryReadProfile(int section, int field, out long value)
    {
        value = 0;
        return false;
    }

    public bool TryNextProfile() => false;

    public void OnSettingsChanged()
    {
    }
}
