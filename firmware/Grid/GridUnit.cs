using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Grid;

/// <summary>
/// A unit that takes and gives power, under a grid profile: what is asked of it in each tick. Who wants what is the
/// <see cref="Wanted"/> set-points' order; the frequency moves it, unless safety wants it; then the least of all limits
/// holds: volt–watt, the way back, and what the sources of <see cref="ImportWatts"/> and <see cref="ExportWatts"/>
/// set. Watts are import > 0.
/// </summary>
public sealed class GridUnit
{
    /// <summary>Beyond it sums do not fit.</summary>
    public const int RatedWattsMax = 10_000_000;

    private const int GapMsMax = 10_000;

    private readonly GridProfile _profile;
    private readonly RideThrough _ride;
    private readonly FrequencyWatt _frequency;
    private readonly VoltWatt _source;
    private readonly VoltWatt _load;
    private readonly VoltVar _reactive;
    private readonly long _ratedMilliwatts;
    private readonly long _ratedMillivoltAmperes;
    private readonly int _phaseCount;
    private long _lastMs = -1;

    /// <param name="ratedWatts">Of both directions.</param>
    /// <param name="ratedVoltAmperes">Apparent power of a unit that can give reactive power; 0 = it cannot.</param>
    public GridUnit(
        GridProfile profile, int ratedWatts, int ratedVoltAmperes, int nominalMillivolts, int nominalMillihertz,
        int phaseCount)
    {
        Invariant.Require(ratedWatts > 0 && ratedWatts <= RatedWattsMax, "a unit has a rated power up to 10 MW");
        Invariant.Require(ratedVoltAmperes == 0
            || (ratedVoltAmperes >= ratedWatts && ratedVoltAmperes <= RatedWattsMax),
            "apparent power is no less than active power");
        _profile = profile;
        _phaseCount = phaseCount;
        _ratedMilliwatts = ratedWatts * 1000L;
        _ratedMillivoltAmperes = ratedVoltAmperes * 1000L;
        _ride = new RideThrough(profile, nominalMillivolts, nominalMillihertz, phaseCount);
        _frequency = new FrequencyWatt(profile, _ratedMilliwatts, nominalMillihertz);
        int response = profile[GridField.VoltWattResponseMs];
        _source = new VoltWatt(_ratedMilliwatts, Millivolts(nominalMillivolts, GridField.VoltWattFullPpm),
            Millivolts(nominalMillivolts, GridField.VoltWattNonePpm), response);
        _load = new VoltWatt(_ratedMilliwatts, Millivolts(nominalMillivolts, GridField.LoadFullPpm),
            Millivolts(nominalMillivolts, GridField.LoadNonePpm), response);
        _reactive = new VoltVar(profile, _ratedMillivoltAmperes, nominalMillivolts);
        ImportWatts = new LimitSet(SetPointSource.Count);
        ExportWatts = new LimitSet(SetPointSource.Count);
    }

    /// <summary>What each source wants, W, import > 0.</summary>
    public SetPoints Wanted { get; } = new SetPoints();

    /// <summary>The most that may be taken, W, of each source.</summary>
    public LimitSet ImportWatts { get; }

    /// <summary>The most that may be given, W, of each source.</summary>
    public LimitSet ExportWatts { get; }

    public RideThrough Ride => _ride;

    /// <summary>What the unit shall do now, mW, import > 0.</summary>
    public long Milliwatts { get; private set; }

    /// <summary>The same in W, rounded.</summary>
    public int Watts => (int)Scaling.DivideRounded(Milliwatts, 1000);

    /// <summary>Reactive power that it shall give to the grid now, var.</summary>
    public int Vars { get; private set; }

    /// <summary>What it would do without the grid's frequency and voltage, mW, import > 0.</summary>
    public long UndisturbedMilliwatts { get; private set; }

    /// <summary>Takes a reading and decides.</summary>
    /// <param name="isMeasured">False: the sensor has none.</param>
    public void Tick(long nowMs, Measurement reading, bool isMeasured)
    {
        int elapsedMs = _lastMs < 0 ? 0 : nowMs - _lastMs > GapMsMax ? GapMsMax : (int)(nowMs - _lastMs);
        _lastMs = nowMs;
        _ride.Tick(nowMs, reading, isMeasured);
        bool isWanted = Wanted.TryGet(nowMs, out int watts, out int source);
        UndisturbedMilliwatts = Limited(isWanted ? watts * 1000L : 0, nowMs);
        GridState state = _ride.State;
        if (state == GridState.Trip || state == GridState.Wait)
        {
            _frequency.Reset();
            _reactive.Reset();
            Milliwatts = 0;
            Vars = 0;
            return;
        }

        if (!_ride.IsMeasured)
        {
            // Until it ceases it goes on as it was; who wants less is obeyed.
            Milliwatts = state == GridState.Cease ? 0 : FrequencyWatt.Less(UndisturbedMilliwatts, Milliwatts);
            Vars = state == GridState.Cease ? 0 : Vars;
            return;
        }

        // What safety wants, and a unit that nobody wants anything of, no frequency moves.
        Support(nowMs, elapsedMs, reading, !isWanted || source == SetPointSource.Safety);
    }

    private int Millivolts(int nominalMillivolts, int field) =>
        (int)Scaling.DivideRounded((long)nominalMillivolts * _profile[field], 1_000_000);

    private void Support(long nowMs, int elapsedMs, Measurement reading, bool isFixed)
    {
        int lowest = reading.VoltageMillivolts[0];
        int highest = lowest;
        long sum = lowest;
        for (int phase = 1; phase < _phaseCount; phase++)
        {
            int one = reading.VoltageMillivolts[phase];
            lowest = one < lowest ? one : lowest;
            highest = one > highest ? one : highest;
            sum += one;
        }

        // All follow their input in every tick, asked for or not.
        long given = _frequency.Tick(nowMs, elapsedMs, _ride.Millihertz, -UndisturbedMilliwatts);
        long most = _source.Tick(elapsedMs, highest);
        long least = -_load.Tick(elapsedMs, lowest);
        long reactive = _reactive.Tick(elapsedMs, (int)(sum / _phaseCount));
        given = isFixed ? -UndisturbedMilliwatts : given;
        given = given > most ? most : given < least ? least : given;
        long way = _ratedMilliwatts / 1000 * _ride.PowerPpm(nowMs) / 1000;
        given = given > way ? way : given < -way ? -way : given;
        if (_ride.State == GridState.Cease)
        {
            given = 0;
            reactive = 0;
        }

        Milliwatts = Limited(-given, nowMs);
        ShareApparent(reactive);
    }

    // Within what the sources allow and the unit can.
    private long Limited(long milliwatts, long nowMs)
    {
        int import = ImportWatts.Least(nowMs, out _);
        int export = ExportWatts.Least(nowMs, out _);
        long most = import < _ratedMilliwatts / 1000 ? import * 1000L : _ratedMilliwatts;
        long least = export < _ratedMilliwatts / 1000 ? -export * 1000L : -_ratedMilliwatts;
        return milliwatts > most ? most : milliwatts < least ? least : milliwatts;
    }

    // Active and reactive power together are no more than the apparent power; the profile says which one makes room.
    private void ShareApparent(long reactive)
    {
        bool isVarFirst = _profile[GridField.IsVarFirst] == 1;
        long active = Milliwatts < 0 ? -Milliwatts : Milliwatts;
        long kept = isVarFirst ? (reactive < 0 ? -reactive : reactive) : active;
        long room = reactive == 0 ? _ratedMilliwatts : Room(kept);
        if (isVarFirst && active > room)
        {
            Milliwatts = Milliwatts < 0 ? -room : room;
        }
        else if (!isVarFirst)
        {
            reactive = reactive > room ? room : reactive < -room ? -room : reactive;
        }

        Vars = (int)Scaling.DivideRounded(reactive, 1000);
    }

    // √(S² − kept²), by bisection: no library, no rounding up.
    private long Room(long kept)
    {
        long square = _ratedMillivoltAmperes / 10 * (_ratedMillivoltAmperes / 10) - kept / 10 * (kept / 10);
        long low = 0;
        long high = _ratedMillivoltAmperes / 10;
        while (low < high)
        {
            long middle = (low + high + 1) / 2;
            if (middle * middle <= square)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low * 10;
    }
}
