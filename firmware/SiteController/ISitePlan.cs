using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>What the leader tells a member of the plan beside the current that it grants.</summary>
public interface ISitePlan
{
    /// <summary>Fills in reason, start, price and ready of a grant.</summary>
    void Describe(int member, SiteFrame grant);
}
