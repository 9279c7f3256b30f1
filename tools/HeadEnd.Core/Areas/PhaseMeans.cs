using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Areas;

/// <summary>Voltages and currents of an interval's phases, as its message says.</summary>
/// <param name="Volts">Means by phase.</param>
/// <param name="Amperes">Means by phase.</param>
internal sealed record PhaseMeans(double[] Volts, double[] Amperes)
{
    private const double NominalVolts = 220;

    /// <summary>Reads a message. Null: it says nothing of phases.</summary>
    public static PhaseMeans? Read(byte[] message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            double[] volts = Numbers(document.RootElement, "voltage");
            double[] amperes = Numbers(document.RootElement, "current");
            return volts.Length > 0 && volts.Length == amperes.Length ? new PhaseMeans(volts, amperes) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Apparent power, VA.</summary>
    public double VoltAmperes => Volts.Zip(Amperes, (volts, amperes) => volts * Math.Abs(amperes)).Sum();

    /// <summary>GB/T 12325-2008, section 4: 220 V single phase +7 % −10 %, 380 V three phases ±7 %.</summary>
    public bool IsQualified => Volts.All(volts =>
        volts <= NominalVolts * 1.07 && volts >= NominalVolts * (Volts.Length == 1 ? 0.90 : 0.93));

    /// <summary>(largest − smallest) / largest phase current, in thousandths; null: one phase, or no current.</summary>
    public int? UnbalancePermille
    {
        get
        {
            double most = Amperes.Max(Math.Abs);
            return Amperes.Length < 2 || most <= 0 ? null : (int)((most - Amperes.Min(Math.Abs)) / most * 1_000);
        }
    }

    private static double[] Numbers(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement list)
            && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(one => one.GetDouble())] : [];
}
