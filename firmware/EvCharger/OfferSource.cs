using MeterFirmware.Commands;

namespace MeterFirmware.EvCharger;

/// <summary>Who limits a charger's offer. Those before <see cref="FirstGrant"/> only lower it; the others take the
/// place of the safe current, which counts while none of them says anything.</summary>
public static class OfferSource
{
    /// <summary>What was commissioned, lowered from afar.</summary>
    public const int Ceiling = 0;

    /// <summary>The grid's operator.</summary>
    public const int Grid = 1;

    public const int FirstGrant = Site;

    /// <summary>The leader of the site.</summary>
    public const int Site = 2;

    /// <summary>Charging profiles of a management system.</summary>
    public const int Profiles = 3;

    /// <summary>A role's limit by command, with an end: this plus a <see cref="CommandRole"/>.</summary>
    public const int FirstCommand = 4;

    public const int Count = FirstCommand + CommandRole.Count;
}
