namespace MeterFirmware.Grid;

/// <summary>
/// What IEC 60076-7:2018 needs to know of a transformer; the defaults are its distribution transformer with natural
/// cooling (ONAN). All are settings: a test report's values are better.
/// </summary>
public sealed class TransformerSettings
{
    /// <summary>Time constant of the oil, minutes (Table 4: τo).</summary>
    public double OilMinutes = 180;

    /// <summary>Time constant of the windings, minutes (τw).</summary>
    public double WindingMinutes = 4;

    /// <summary>Top oil above ambient at rated load, K (Δθor).</summary>
    public double OilRiseKelvin = 55;

    /// <summary>Hot spot above top oil at rated load, K (H·gr).</summary>
    public double HotSpotRiseKelvin = 23;

    /// <summary>Load losses ÷ no-load losses (R); check: from one source.</summary>
    public double LossRatio = 5;

    public double OilExponent = 0.8;
    public double WindingExponent = 1.6;
    public double K11 = 1;
    public double K21 = 1;
    public double K22 = 2;

    /// <summary>What walls add as a rule, K.</summary>
    public const double IndoorsKelvin = 10;

    /// <summary>Added to the ambient of a transformer that stands indoors, K.</summary>
    public double IndoorKelvin = 0;
}
