namespace MeterFirmware.Tools.Generate;

/// <summary>A command.</summary>
/// <param name="Code">Its number in event records: never changes.</param>
/// <param name="Word">The word in messages.</param>
/// <param name="Name">The constant.</param>
/// <param name="Roles">Who may give it.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Meter">Forms that the meter takes; none: it refuses the command.</param>
/// <param name="Charger">Forms that the charger takes.</param>
/// <param name="Site">Forms that the site controller takes.</param>
public sealed record CommandEntry(int Code, string Word, string Name, string[] Roles, string Description,
    CommandForm[]? Meter = null, CommandForm[]? Charger = null, CommandForm[]? Site = null)
{
    /// <summary>Products that take the command, with their forms.</summary>
    public IEnumerable<(string Product, CommandForm[] Forms)> Products()
    {
        (string, CommandForm[]?)[] all = [("meter", Meter), ("charger", Charger), ("site", Site)];
        foreach ((string product, CommandForm[]? forms) in all)
        {
            if (forms != null)
            {
                yield return (product, forms);
            }
        }
    }
}
