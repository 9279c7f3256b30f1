using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>Reactive power by voltage, given to the grid = positive: a line through four points, flat
/// outside.</summary>
public sealed class VoltVar
{
    private const int Points = 4;

    private readonly int[] _millivolts = new int[Points];
    private readonly long[] _millivars = new long[Points];
    private readonly FirstOrderLag _power;
    private readonly bool _isOn;

    /// <param name="ratedMillivoltAmperes">0: the unit can give none.</param>
    public VoltVar(GridProfile profile, long ratedMillivoltAmperes, int nominalMillivolts)
    {
        _isOn = profile[GridField.VarVoltsPpm] > 0 && ratedMillivoltAmperes > 0;
        _power = new FirstOrderLag(profile[GridField.VarResponseMs]);
        for (int i = 0; i < Points; i++)
        {
            _millivolts[i] = (int)Scaling.DivideRounded(
                (long)nominalMillivolts * profile[GridField.VarVoltsPpm + i], 1_000_000);
            _millivars[i] = Scaling.DivideRounded(ratedMillivoltAmperes * profile[GridField.VarPpm + i], 1_000_000);
        }
    }

    /// <summary>None is given, from now on.</summary>
    public void Reset() => _power.Set(0);

    /// <summary>The reactive power at this moment, mvar.</summary>
    public long Tick(int elapsedMs, int millivolts) => _isOn ? _power.Follow(At(millivolts), elapsedMs) : 0;

    private long At(int millivolts)
    {
        if (millivolts <= _millivolts[0])
        {
            return _millivars[0];
        }

        for (int i = 1; i < Points; i++)
        {
            if (millivolts <= _millivolts[i])
            {
                int from = _millivolts[i - 1];
                return _millivars[i - 1] + Scaling.DivideRounded(
                    (_millivars[i] - _millivars[i - 1]) * (millivolts - from), _millivolts[i] - from);
            }
        }

        return _millivars[Points - 1];
    }
}
