namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>One thing wrong, and where: a JSON path such as $.days.workday[2][1], or line:column when it is no
/// JSON.</summary>
public sealed record TariffProblem(string Path, string Message)
{
    public string Describe(string file) => Path.Length == 0 ? $"{file}: {Message}" : $"{file}: {Path}: {Message}";
}
