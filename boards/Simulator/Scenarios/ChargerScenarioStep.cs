using MeterFirmware.Boards.Bench;

namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>One step: what it sets; null leaves a field as it was.</summary>
public sealed class ChargerScenarioStep
{
    public long AtMs { get; set; }

    public double? CpVolts { get; set; }

    public double? CpLowVolts { get; set; }

    public double? PpOhms { get; set; }

    public double? RcdAcMilliamps { get; set; }

    public double? RcdDcMilliamps { get; set; }

    public double? TemperatureC { get; set; }

    public double? OfferAmps { get; set; }

    public ChargerFeedback? ContactorFeedback { get; set; }

    public bool? PeOk { get; set; }

    public double[] MainsVolts { get; set; }

    public double? MainsHz { get; set; }

    public double[] LineAmps { get; set; }

    public bool? Authorized { get; set; }

    public long? LoopStallMs { get; set; }

    public bool? Reset { get; set; }
}
