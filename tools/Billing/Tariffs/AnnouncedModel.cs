namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A kind of day that is announced: a hot day, a red day. A list of its dates stands in a file of its
/// own.</summary>
/// <param name="Name">As the list of announcements spells it.</param>
/// <param name="DayTable">The day table of such a day.</param>
/// <param name="BeginsMinute">Clock time at which it begins, to the same time of the next date.</param>
public sealed record AnnouncedModel(string Name, int DayTable, int BeginsMinute);
