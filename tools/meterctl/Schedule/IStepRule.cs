namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Decides one step: fills <see cref="ActiveSession.OfferMillijoules"/> of all that are plugged in.</summary>
public interface IStepRule
{
    string Name { get; }

    void PlugIn(int index, ActiveSession session);

    void PlugOut(int index, ActiveSession session);

    /// <summary>Called for every step, with an empty list too.</summary>
    /// <param name="tier">Tier that the site's consumption has reached, from 0.</param>
    void Decide(int index, IReadOnlyList<ActiveSession> active, int tier);
}
