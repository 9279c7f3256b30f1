namespace MeterFirmware.Quality;

/// <summary>Takes finished aggregation intervals; the interval is reused after the call.</summary>
public interface IQualitySink
{
    /// <summary>150/180 cycles (3 s).</summary>
    void OnShort(QualityInterval interval);

    void OnTenMinutes(QualityInterval interval);

    void OnTwoHours(QualityInterval interval);
}
