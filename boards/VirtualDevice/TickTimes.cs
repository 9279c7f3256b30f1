using System;
using MeterFirmware.EvCharger;

namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>
/// How long the charger's safety part and its slices take. The same run is made several times: of each stretch the
/// least sum and the least worst case count, so that what else runs on the PC drops out.
/// Closed and open contactor are counted apart.
/// </summary>
internal sealed class TickTimes
{
    private const int StretchCount = 64;
    private const int CalibrationCount = 1_000;

    private readonly int _tickCount;
    private readonly int _overhead;
    private readonly int[] _safety = new int[StretchCount];
    private readonly int[][] _closed = Table();
    private readonly int[][] _open = Table();
    private readonly int[] _worst = new int[2 * EvChargerProduct.SliceCount + 1];
    private readonly long[] _sliceSum = new long[EvChargerProduct.SliceCount];
    private int _stretch;
    private int _runs;
    private readonly int[] _safetySums = new int[StretchCount];
    private readonly int[] _sums = new int[StretchCount];
    private int _safetySum;
    private int _sum;

    /// <param name="tickCount">Of one run.</param>
    public TickTimes(int tickCount)
    {
        _tickCount = tickCount;
        int least = int.MaxValue;
        for (int i = 0; i < CalibrationCount; i++)
        {
            long before = Now;
            int elapsed = (int)(Now - before);
            least = elapsed < least ? elapsed : least;
        }

        _overhead = least;
    }

    /// <summary>In units of 100 ns, which this CLR's calendar resolves; of which only differences are taken.</summary>
    public static long Now => DateTime.UtcNow.Ticks;

    /// <summary>Notes one tick.</summary>
    /// <param name="tick">Of this run, from 0.</param>
    /// <param name="safety">Units that the safety part took.</param>
    /// <param name="slice">Units that the slice took.</param>
    /// <param name="isClosed">The contactor is driven closed.</param>
    public void Note(int tick, int safety, int slice, bool isClosed)
    {
        int stretch = (int)((long)tick * StretchCount / _tickCount);
        if (stretch != _stretch)
        {
            EndStretch();
            _stretch = stretch;
        }

        safety = safety > _overhead ? safety - _overhead : 0;
        slice = slice > _overhead ? slice - _overhead : 0;
        int at = tick % EvChargerProduct.SliceCount;
        _safetySum += safety;
        _sum += safety + slice;
        _sliceSum[at] += slice;
        _worst[0] = safety > _worst[0] ? safety : _worst[0];
        at = isClosed ? 1 + at : 1 + EvChargerProduct.SliceCount + at;
        _worst[at] = slice > _worst[at] ? slice : _worst[at];
    }

    /// <summary>Ends a run.</summary>
    public void EndRun()
    {
        EndStretch();
        _runs++;
        _stretch = 0;
    }

    public void Print()
    {
        Console.WriteLine("charger: safety part " + Tenths(Sum(_safetySums) / _tickCount) + " us on average, "
            + Tenths(Worst(_safety)) + " us at worst; the whole product " + Tenths(Sum(_sums) / _tickCount)
            + " us a tick on average (least of " + _runs.ToString() + " runs)");
        for (int slice = 0; slice < EvChargerProduct.SliceCount; slice++)
        {
            long mean = _sliceSum[slice] * EvChargerProduct.SliceCount / _runs / _tickCount;
            Console.WriteLine("  slice " + EvChargerProduct.NameOfSlice(slice) + ": " + Tenths(mean)
                + " us on average, at worst " + Tenths(Worst(_closed[slice])) + " closed, "
                + Tenths(Worst(_open[slice])) + " open");
        }
    }

    private static int[][] Table()
    {
        int[][] rows = new int[EvChargerProduct.SliceCount][];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new int[StretchCount];
        }

        return rows;
    }

    private void EndStretch()
    {
        Keep(_safety, 0);
        bool isFirst = _runs == 0;
        _safetySums[_stretch] = isFirst || _safetySum < _safetySums[_stretch] ? _safetySum : _safetySums[_stretch];
        _sums[_stretch] = isFirst || _sum < _sums[_stretch] ? _sum : _sums[_stretch];
        _safetySum = 0;
        _sum = 0;
        for (int slice = 0; slice < EvChargerProduct.SliceCount; slice++)
        {
            Keep(_closed[slice], 1 + slice);
            Keep(_open[slice], 1 + EvChargerProduct.SliceCount + slice);
        }
    }

    private void Keep(int[] row, int at)
    {
        row[_stretch] = _runs == 0 || _worst[at] < row[_stretch] ? _worst[at] : row[_stretch];
        _worst[at] = 0;
    }

    private static long Sum(int[] row)
    {
        long sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            sum += row[i];
        }

        return sum;
    }

    private static long Worst(int[] row)
    {
        int worst = 0;
        for (int i = 0; i < row.Length; i++)
        {
            worst = row[i] > worst ? row[i] : worst;
        }

        return worst;
    }

    // A unit is a tenth of a µs.
    private static string Tenths(long units) => (units / 10).ToString() + "." + (units % 10).ToString();
}
