using MeterFirmware.Grid;

namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>Oil and hot spot at each row's time, and the highest on the way.</summary>
internal sealed class TransformerRun
{
    private TransformerRun(int count)
    {
        Oil = new double[count];
        HotSpot = new double[count];
    }

    public double[] Oil { get; }

    public double[] HotSpot { get; }

    public double OilMax { get; private set; } = double.NegativeInfinity;

    public double HotSpotMax { get; private set; } = double.NegativeInfinity;

    /// <summary>A row's load holds until the next row; of the last one only its time counts.</summary>
    public static TransformerRun Of(
        TransformerThermal thermal, TransformerLoad load, double ratingKilovoltAmperes, double ambientCelsius)
    {
        TransformerRun run = new(load.Rows.Count);
        thermal.Settle(load.Rows[0].KilovoltAmperes / ratingKilovoltAmperes, ambientCelsius);
        for (int i = 0; i < load.Rows.Count; i++)
        {
            run.Oil[i] = thermal.OilCelsius;
            run.HotSpot[i] = thermal.HotSpotCelsius;
            run.Note(thermal);
            if (i + 1 == load.Rows.Count)
            {
                break;
            }

            double share = load.Rows[i].KilovoltAmperes / ratingKilovoltAmperes;
            double left = (load.Rows[i + 1].UtcSeconds - load.Rows[i].UtcSeconds) / 60.0;
            for (; left > 0; left -= 1)
            {
                thermal.Run(Math.Min(left, 1), share, ambientCelsius);
                run.Note(thermal);
            }
        }

        return run;
    }

    private void Note(TransformerThermal thermal)
    {
        OilMax = Math.Max(OilMax, thermal.OilCelsius);
        HotSpotMax = Math.Max(HotSpotMax, thermal.HotSpotCelsius);
    }
}
