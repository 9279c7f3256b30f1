namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>A command of one or more pieces for many devices.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Kind">One of <see cref="CampaignContent"/>'s.</param>
/// <param name="Name">What goes out, for people: a tariff's name, a command's word.</param>
/// <param name="Command">Word of the catalogue.</param>
/// <param name="Role">Whose key signs it.</param>
/// <param name="Why">The reason.</param>
/// <param name="Pieces">Messages for one device.</param>
/// <param name="IsDangerous">It opens a load relay or lowers a limit below 6 A.</param>
/// <param name="State">One of <see cref="CampaignStates"/>.</param>
/// <param name="Note">Why it is in that state; may be empty.</param>
/// <param name="Waves">How it goes out.</param>
/// <param name="Wave">The wave that goes out now; 0: none did yet.</param>
/// <param name="Ends">Who was not reached by then is left out.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="Created">When.</param>
/// <param name="ApprovedBy">The second person; empty: none.</param>
/// <param name="ChangedBy">Who paused, resumed or stopped it last; empty: nobody.</param>
public sealed record Campaign(
    long Id,
    string Kind,
    string Name,
    string Command,
    string Role,
    string Why,
    int Pieces,
    bool IsDangerous,
    string State,
    string Note,
    CampaignWaves Waves,
    int Wave,
    DateTimeOffset Ends,
    string CreatedBy,
    DateTimeOffset Created,
    string ApprovedBy,
    string ChangedBy);
