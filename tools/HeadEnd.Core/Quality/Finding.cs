namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>Something that is wrong with a device's data of one day.</summary>
/// <param name="Rule">One of <see cref="QualityRules.Names"/>.</param>
/// <param name="StartUtcSeconds">From here.</param>
/// <param name="EndUtcSeconds">Up to here.</param>
/// <param name="Detail">Figures, for a person.</param>
public sealed record Finding(string Rule, long StartUtcSeconds, long EndUtcSeconds, string Detail);
