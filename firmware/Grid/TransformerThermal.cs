using System;

namespace MeterFirmware.Grid;

/// <summary>
/// Oil, hot spot and ageing of a transformer by its load: IEC 60076-7:2018, 8.2.2, as exponentials. They are exact
/// while load and ambient hold, whatever the step; a step is at most a minute, for the ageing. Temperatures are °C.
/// </summary>
public sealed class TransformerThermal
{
    /// <summary>The ageing rate doubles every 6 K from here (non-upgraded paper).</summary>
    private const double AgeingReferenceCelsius = 98;
    private const double AgeingKelvin = 6;

    private const double StepMinutesMax = 1;

    private readonly TransformerSettings _settings;
    private double _gradientFast;
    private double _gradientSlow;

    public TransformerThermal(TransformerSettings settings)
    {
        _settings = settings;
    }

    /// <summary>Top oil.</summary>
    public double OilCelsius { get; private set; }

    public double HotSpotCelsius => OilCelsius + _gradientFast - _gradientSlow;

    /// <summary>Hours of life that an hour costs now; 1 = as designed.</summary>
    public double AgeingRate => RateAt(HotSpotCelsius);

    /// <summary>Hours of life used since the start.</summary>
    public double LossOfLifeHours { get; private set; }

    /// <summary>It has carried this load for days.</summary>
    /// <param name="load">Of the rating: 1 = rated.</param>
    public void Settle(double load, double ambientCelsius)
    {
        OilCelsius = OilTarget(load, ambientCelsius);
        _gradientFast = _settings.K21 * Gradient(load);
        _gradientSlow = (_settings.K21 - 1) * Gradient(load);
    }

    /// <summary>A load holds for some minutes.</summary>
    public void Run(double minutes, double load, double ambientCelsius)
    {
        double oil = OilTarget(load, ambientCelsius);
        double gradient = Gradient(load);
        for (double left = minutes; left > 0; left -= StepMinutesMax)
        {
            double step = left < StepMinutesMax ? left : StepMinutesMax;
            double rate = AgeingRate;
            OilCelsius += (oil - OilCelsius) * Share(step, _settings.K11 * _settings.OilMinutes);
            _gradientFast += (_settings.K21 * gradient - _gradientFast)
                * Share(step, _settings.K22 * _settings.WindingMinutes);
            _gradientSlow += ((_settings.K21 - 1) * gradient - _gradientSlow)
                * Share(step, _settings.OilMinutes / _settings.K22);
            LossOfLifeHours += (rate + AgeingRate) / 2 * step / 60;
        }
    }

    // Formula (2): the share of the way that is done in a step.
    private static double Share(double minutes, double constant) => 1 - Math.Exp(-minutes / constant);

    private static double RateAt(double hotSpotCelsius) =>
        Math.Pow(2, (hotSpotCelsius - AgeingReferenceCelsius) / AgeingKelvin);

    private double OilTarget(double load, double ambientCelsius)
    {
        double losses = (1 + _settings.LossRatio * load * load) / (1 + _settings.LossRatio);
        return ambientCelsius + _settings.IndoorKelvin
            + _settings.OilRiseKelvin * Math.Pow(losses, _settings.OilExponent);
    }

    private double Gradient(double load) =>
        load <= 0 ? 0 : _settings.HotSpotRiseKelvin * Math.Pow(load, _settings.WindingExponent);
}
