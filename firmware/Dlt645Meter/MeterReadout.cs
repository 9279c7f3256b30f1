using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Supervision;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>
/// The smart meter as DL/T 645-2007 sees it: what the product counts, records and obeys under the protocol's
/// identifiers. Reading allocates nothing; a table or a demand window that is written allocates its own new arrays.
/// README.md lists what is not answered and why.
/// </summary>
public sealed class MeterReadout : IDlt645Meter
{
    // 2020 to 2100, as for a command over MQTT: a time outside of it is a slip.
    private const long EarliestUtc = 1_577_836_800;
    private const long LatestUtc = 4_102_444_800;

    // The tick behind a setting of the clock finds the step, if it is one.
    private const int ClockOperatorMs = 5_000;

    private const int UnprovenWritesMax = 4;
    private const int UnprovenWriteMs = 900_000;

    private readonly ReadoutParts _parts;
    private readonly MeterRecorder _recorder;
    private readonly Meter _meter;
    private readonly ReadoutState _state;
    private readonly FreezeView _freeze;
    private readonly TariffAccess _tariffs;
    private readonly EnergyReadout _energies;
    private readonly VariableReadout _variables;
    private readonly EventReadout _events;
    private readonly ProfileReadout _profile;
    private readonly ParameterReadout _parameters;
    private readonly ParameterWriter _writer;
    private long _nowMs;
    private long _clockSetMs;
    private long _earnedAtMs;
    private int _writesLeft = UnprovenWritesMax;
    private bool _waitsForProfile;

    public MeterReadout(ReadoutParts parts)
    {
        _parts = parts;
        _recorder = parts.Recorder;
        _meter = parts.Product.Meter;
        _state = new ReadoutState(parts.Settings, parts.Store);
        _freeze = new FreezeView(_recorder);
        _tariffs = new TariffAccess(parts, _state);
        _energies = new EnergyReadout(_meter, _state, Counts, _freeze);
        _variables = new VariableReadout(parts, Counts);
        _events = new EventReadout(_recorder);
        _profile = new ProfileReadout(parts.Profile, _state, parts.Metering.PhaseCount);
        _parameters = new ParameterReadout(parts, _state, Counts, _tariffs, _events, _profile);
        _writer = new ParameterWriter(parts, _state, Counts, _tariffs, _profile, _parameters);
        Counts.Phases = parts.Metering.PhaseCount;
        if (!_state.TryLoad())
        {
            _profile.Adopt();
            Dlt645Format.TryRead(Dlt645Format.Of(Dlt645Format.Digits, 6), parts.Settings.Address, 0,
                out _state.MeterNumber);
            _state.TrySave();
        }
        else if (!_profile.CanSetIntervals)
        {
            _profile.Adopt();
        }

        _writer.Apply();
        _waitsForProfile = _state.ProfileStartUtc > 0;
        BeginAnswer();
    }

    public Dlt645Counts Counts { get; } = new Dlt645Counts();

    /// <inheritdoc/>
    public bool IsProgrammingOpen => _parts.Programming != null && _parts.Programming.IsOpen;

    public long ProfileTime => _profile.UtcSeconds + _tariffs.InForce(0).OffsetSecondsAt(_profile.UtcSeconds);

    /// <summary>Once a turn of the loop, before the server's tick.</summary>
    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        _variables.Tick(nowMs);
        if (_recorder != null && _recorder.ClockOperatorCode != 0 && nowMs - _clockSetMs > ClockOperatorMs)
        {
            _recorder.ClockOperatorCode = 0;
        }

        if (_waitsForProfile && _meter.IsTimed)
        {
            _writer.FollowProfileStart();
            long utcSeconds = _parts.NowUtc;
            _waitsForProfile = !_profile.Apply(utcSeconds, _parts.Metering.GridMinutes * CivilTime.SecondsPerMinute);
        }
    }

    public void BeginAnswer()
    {
        _freeze.Forget();
        _events.Forget();
        TariffTable tiers = _tariffs.InForce((int)TariffPart.Tiers);
        Counts.Rates = _tariffs.InForce((int)TariffPart.Prices).RateCount;
        Counts.Tiers = tiers.TierCount - 1 < 6 ? tiers.TierCount - 1 : 6;
    }

    public bool TryRead(int di, int field, out long value)
    {
        int quantity = (di >> 16) & 0xFF;
        int second = (di >> 8) & 0xFF;
        int last = di & 0xFF;
        switch (di >> 24)
        {
            case 0x00:
                value = 0;
                return quantity != 0x90 && _energies.TryEnergy(quantity, second, last, out value);
            case 0x01:
                return _energies.TryDemand(quantity, second, last, field, out value);
            case 0x02:
                return _variables.TryRead(quantity, second, last, out value);
            case 0x03:
                return _events.TryRead(di, field, out value);
            case 0x04:
                return _parameters.TryRead(di, field, out value);
            case 0x05:
                return _energies.TryFreeze(quantity, second, last, field, out value);
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>A register of now in 0.0001 kWh, which no identifier here has; quantities as of 00 qq rr 00.</summary>
    public bool TryReadFine(int quantity, int rate, out long value) => _energies.TryFine(quantity, rate, out value);

    /// <summary>When a freeze was made, local time, and its number since manufacture. False: there is none.</summary>
    /// <param name="kind">A <see cref="FreezeKind"/>.</param>
    /// <param name="last">1 = the newest.</param>
    public bool TryReadFreeze(int kind, int last, out long localSeconds, out long number)
    {
        bool isThere = _freeze.TrySelect(kind, last, 0);
        localSeconds = isThere ? _freeze.Reader.NominalUtcSeconds + _freeze.Reader.OffsetSeconds : 0;
        number = isThere ? _freeze.Reader.Count(kind) - last + 1 : 0;
        return isThere;
    }

    /// <summary>A register of any freeze in 0.01 kWh, or in 0.0001 kWh, whatever the mode words show.</summary>
    public bool TryReadFrozen(int kind, int last, int quantity, int rate, bool isFine, out long value) =>
        _energies.TryFrozen(kind, last, quantity, rate, isFine, out value);

    /// <summary>A maximum demand of any freeze in 0.0001 kW, or its time as YYMMDDhhmm (0: none).</summary>
    public bool TryReadFrozenDemand(int kind, int last, bool isExport, int rate, bool isTime, out long value) =>
        _energies.TryFrozenDemand(kind, last, isExport, rate, isTime, out value);

    public int Write(int di, long[] fields, int fieldCount, int operatorCode)
    {
        int error = _writer.Write(di, fields, fieldCount);
        _waitsForProfile = _state.ProfileStartUtc > 0;
        if (error == 0 && _recorder != null)
        {
            Operate(operatorCode);
            _recorder.Note(EventCode.Programming, di);
            Operate(0);
        }

        return error;
    }

    public bool TryReadClock(out long localSeconds)
    {
        bool known = _parts.Time.TryReadUtc(out long utcSeconds, out _);
        localSeconds = utcSeconds + _tariffs.InForce(0).OffsetSecondsAt(utcSeconds);
        return known;
    }

    public int SetClock(long localSeconds, bool isBroadcast, int operatorCode)
    {
        long utcSeconds = _tariffs.InForce(0).UtcOf(localSeconds);
        if (utcSeconds < EarliestUtc || utcSeconds > LatestUtc)
        {
            return Dlt645Protocol.ErrorOther;
        }

        TimeAnswer answer =
            _parts.Time.OfferNow(isBroadcast ? TimeSource.Broadcast : TimeSource.Command, utcSeconds * 1_000);
        if (answer == TimeAnswer.Refused || answer == TimeAnswer.LessTrusted)
        {
            return Dlt645Protocol.ErrorOther;
        }

        if (_recorder != null)
        {
            _recorder.ClockOperatorCode = isBroadcast ? 0 : operatorCode & 0xFFFF_FFFFL;
            _clockSetMs = _nowMs;
        }

        return 0;
    }

    public int Freeze(int month, int day, int hour, int minute)
    {
        if (_recorder == null || !_meter.IsTimed || !TrySpend())
        {
            return Dlt645Protocol.ErrorOther;
        }

        if (minute == Freezer.Each)
        {
            return _recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0, 0, _parts.NowUtc)
                ? 0 : Dlt645Protocol.ErrorOther;
        }

        _state.PlanMonth = month;
        _state.PlanDay = day;
        _state.PlanHour = hour;
        _state.PlanMinute = minute;
        _state.PlanSinceUtc = _parts.NowUtc;
        if (!_state.TrySave())
        {
            return Dlt645Protocol.ErrorOther;
        }

        _recorder.Freezer.SetPlan(month, day, hour, minute, _state.PlanSinceUtc);
        return 0;
    }

    public int ClearDemand(int operatorCode)
    {
        Operate(operatorCode);
        _parts.Product.ClearDemand();
        Operate(0);
        return _parts.Product.TrySave() ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>Demand, costs, carbon and freezes; the energy registers of this meter are never set back.</summary>
    public int ClearMeter(int operatorCode)
    {
        if (_recorder == null)
        {
            return Dlt645Protocol.ErrorOther;
        }

        Operate(operatorCode);
        _recorder.ClearMeter();
        Operate(0);
        return _parts.Product.TrySave() ? 0 : Dlt645Protocol.ErrorOther;
    }

    public int ClearEvents(int di, int operatorCode)
    {
        int code = di == -1 ? 0 : di >> 24 == 3 ? EventItems.CodeOf((di >> 16) & 0xFF, (di >> 8) & 0xFF) : 0;
        bool isClearing = code == EventCode.EventClear;
        if (_recorder == null || (di != -1 && (code == 0 || isClearing)))
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        Operate(operatorCode);
        if (code == 0)
        {
            _recorder.ClearEvents(di);
        }
        else
        {
            _recorder.ClearEvents(code, di);
        }

        Operate(0);
        return 0;
    }

    public int Relay(int command, int operatorCode)
    {
        switch (command)
        {
            case Dlt645Protocol.RelayTrip:
                return _state.KeepsSupply ? Dlt645Protocol.ErrorOther : Switch(false, operatorCode);
            case Dlt645Protocol.RelayClose:
                return Switch(true, operatorCode);
            case Dlt645Protocol.RelayAlarm:
            case Dlt645Protocol.RelayAlarmOff:
                _state.HasAlarm = command == Dlt645Protocol.RelayAlarm;
                return _state.TrySave() ? 0 : Dlt645Protocol.ErrorOther;
            case Dlt645Protocol.RelayKeepSupply:
            case Dlt645Protocol.RelayKeepSupplyOff:
                _state.KeepsSupply = command == Dlt645Protocol.RelayKeepSupply;
                if (!_state.TrySave())
                {
                    return Dlt645Protocol.ErrorOther;
                }

                return _state.KeepsSupply && _parts.Relay != null && !_parts.Relay.IsClosed
                    ? Switch(true, operatorCode) : 0;
            default:
                // 1B leaves the closing to a button, which this meter has not.
                return Dlt645Protocol.ErrorOther;
        }
    }

    public bool TrySeekProfile(int profileClass, int which, long localSeconds) =>
        _profile.TrySeek(profileClass, which, _tariffs.InForce(0).UtcOf(localSeconds));

    public bool TryReadProfile(int section, int field, out long value) => _profile.TryValue(section, field, out value);

    public bool TryNextProfile() => _profile.TryNext();

    public bool TryKeepSettings(bool isProven) => (isProven || TrySpend()) && _state.TrySaveSettings();

    private int Switch(bool closed, int operatorCode)
    {
        Operate(operatorCode);
        bool isDone = _parts.Relay != null && _parts.Product.TrySetRelay(closed) && _parts.Relay.IsClosed == closed;
        Operate(0);
        return isDone ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>What needs no password may write to flash four times at once and then every quarter of an hour, as
    /// often as the meter's own records: a line that asks without end wears it no more than they do.</summary>
    private bool TrySpend()
    {
        long earned = (_nowMs - _earnedAtMs) / UnprovenWriteMs;
        if (earned > 0)
        {
            _earnedAtMs += earned * UnprovenWriteMs;
            _writesLeft = earned > UnprovenWritesMax - _writesLeft ? UnprovenWritesMax : _writesLeft + (int)earned;
        }

        if (_writesLeft == 0)
        {
            return false;
        }

        _writesLeft--;
        return true;
    }

    private void Operate(int operatorCode)
    {
        if (_recorder != null)
        {
            _recorder.OperatorCode = operatorCode & 0xFFFF_FFFFL;
        }
    }
}
