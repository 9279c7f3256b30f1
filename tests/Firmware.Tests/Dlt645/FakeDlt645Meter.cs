using MeterFirmware.Dlt645;

namespace MeterFirmware.Firmware.Tests.Dlt645;

/// <summary>A meter with known values that remembers what it was told. Allocates nothing while it is asked.</summary>
public sealed class FakeDlt645Meter : IDlt645Meter
{
    public Dlt645Counts Counts { get; } = new Dlt645Counts();

    public bool IsProgrammingOpen { get; set; } = true;

    /// <summary>Local seconds; −1: the clock is not known.</summary>
    public long Clock { get; set; } = 1_769_847_300; // 2026-01-31 08:15:00

    public int LastDi { get; private set; }

    public long[] Written { get; } = new long[64];

    public int WrittenCount { get; private set; }

    public int Operator { get; private set; }

    public int ClearedDemand { get; private set; }

    public int ClearedMeter { get; private set; }

    public int ClearedEvents { get; private set; }

    public int RelayCommand { get; private set; }

    public int SettingsChanges { get; private set; }

    public int FreezeCode { get; private set; }

    public int ProfileRecords { get; set; } = 5;

    public long Import { get; set; } = 123_456;

    public long Export { get; set; } = 789;

    /// <summary>Total active power, 0.1 W.</summary>
    public long TotalPower { get; set; } = 11_500;

    /// <summary>An identifier the meter has not.</summary>
    public int Missing { get; set; }

    private int _record;

    public long ProfileTime => 1_769_846_400 + _record * 900L;

    public void BeginAnswer()
    {
    }

    public bool TryRead(int di, int field, out long value)
    {
        value = 0;
        if (di == Missing)
        {
            return false;
        }

        switch (di >> 24)
        {
            case 0x00:
                int rate = (di >> 8) & 0xFF;
                if (rate > Counts.Rates)
                {
                    return false;
                }

                long total = (di >> 16) == 1 ? Import : (di >> 16) == 2 ? Export : 0;
                value = rate == 0 ? total : total / 10 * rate;
                return (di & 0xFF) <= 2;
            case 0x01:
                value = field == 0 ? 12_345 : 2_601_310_815;
                return true;
            case 0x02:
                return TryVariable(di, out value);
            case 0x05:
                value = field == 0 && ((di >> 8) & 0xFF) == 0 ? 2_601_310_000 : 1_000 + field;
                return (di & 0xFF) <= 3;
            case 0x04:
                value = di == 0x04000103 ? 15 : 0;
                return di == 0x04000103;
            default:
                return false;
        }
    }

    private bool TryVariable(int di, out long value)
    {
        int phase = (di >> 8) & 0xFF;
        switch ((di >> 16) & 0xFF)
        {
            case 1:
                value = 2_300 + phase;
                break;
            case 2:
                value = phase == 2 ? -5_000 : 5_000;
                break;
            case 3:
                value = phase == 0 ? TotalPower : 11_500 * (phase == 2 ? -1 : 1);
                break;
            case 6:
                value = phase == 2 ? -1_000 : 1_000;
                break;
            case 0x80:
                value = 4_998;
                break;
            default:
                value = 0;
                break;
        }

        return phase <= Counts.Phases;
    }

    public int Write(int di, long[] fields, int fieldCount, int operatorCode)
    {
        LastDi = di;
        WrittenCount = fieldCount;
        Operator = operatorCode;
        for (int i = 0; i < fieldCount; i++)
        {
            Written[i] = fields[i];
        }

        return 0;
    }

    public bool TryReadClock(out long localSeconds)
    {
        localSeconds = Clock;
        return Clock >= 0;
    }

    public int SetClock(long localSeconds, bool isBroadcast, int operatorCode)
    {
        Clock = localSeconds;
        Operator = isBroadcast ? -1 : operatorCode;
        return 0;
    }

    public int Freeze(int month, int day, int hour, int minute)
    {
        FreezeCode = ((month * 100 + day) * 100 + hour) * 100 + minute;
        return 0;
    }

    public int ClearDemand(int operatorCode)
    {
        ClearedDemand++;
        Operator = operatorCode;
        return 0;
    }

    public int ClearMeter(int operatorCode)
    {
        ClearedMeter++;
        return 0;
    }

    public int ClearEvents(int di, int operatorCode)
    {
        ClearedEvents = di;
        return 0;
    }

    public int Relay(int command, int operatorCode)
    {
        RelayCommand = command;
        return 0;
    }

    public bool TrySeekProfile(int profileClass, int which, long localSeconds)
    {
        _record = which == 0 ? 0 : ProfileRecords - 1;
        if (which == 1)
        {
            _record = 0;
            while (_record < ProfileRecords && ProfileTime < localSeconds)
            {
                _record++;
            }
        }

        return _record < ProfileRecords;
    }

    public bool TryReadProfile(int section, int field, out long value)
    {
        value = section * 100 + field + _record;
        return section <= 2;
    }

    public bool TryNextProfile()
    {
        if (_record + 1 >= ProfileRecords)
        {
            return false;
        }

        _record++;
        return true;
    }

    public bool TryKeepSettings(bool isProven)
    {
        SettingsChanges += RefusesSettings ? 0 : 1;
        return !RefusesSettings;
    }

    /// <summary>Its store is broken.</summary>
    public bool RefusesSettings { get; set; }
}
