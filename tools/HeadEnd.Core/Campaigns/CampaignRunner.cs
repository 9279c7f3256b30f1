using System.Text.Json;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>Lets campaigns go on: wave after wave, piece after piece, one step a device at a time. All that it knows is
/// in the database, so that a head-end that was killed goes on where it was.</summary>
/// <param name="campaigns">Where they are kept.</param>
/// <param name="fleet">Knows who is connected.</param>
/// <param name="log">Takes lines for people.</param>
/// <param name="utcNow">Now.</param>
public sealed class CampaignRunner(CampaignStore campaigns, FleetStore fleet, Action<string> log,
    Func<DateTimeOffset> utcNow)
{
    /// <summary>Begun so often with a device at most.</summary>
    private const int TriesMax = 3;

    /// <summary>A busy device did nothing; it is asked again after this time.</summary>
    private const int BusySeconds = 300;

    /// <summary>Notes what became of pieces, orders the next ones.</summary>
    public void Step()
    {
        IReadOnlyList<Campaign> open = campaigns.Open();
        if (open.Count > 0)
        {
            IReadOnlySet<string> online = fleet.Online();
            foreach (Campaign campaign in open)
            {
                Step(campaign, online);
            }
        }
    }

    private void Step(Campaign campaign, IReadOnlySet<string> online)
    {
        bool isOver = campaign.State is CampaignStates.Stopped or CampaignStates.Expired || utcNow() >= campaign.Ends;
        string end = campaign.State == CampaignStates.Stopped ? $"stopped by {campaign.ChangedBy}"
            : campaign.State == CampaignStates.Expired ? "no second person came in time" : "the campaign ended before";
        List<(ActiveDevice, CampaignDevice, long)> changes = [];
        List<ActiveDevice> unsent = [];
        foreach (ActiveDevice device in campaigns.Active(campaign.Id))
        {
            if (Settled(campaign, device, isOver ? end : null) is var (after, notBefore))
            {
                changes.Add((device, after, notBefore));
            }
            else if (device.Target == TargetStates.Waiting && !online.Contains(device.Address))
            {
                unsent.Add(device);
            }
        }

        if (changes.Count > 0)
        {
            campaigns.Write(campaign.Id, changes);
        }

        if (unsent.Count > 0)
        {
            campaigns.TakeBack(campaign.Id, unsent);
        }

        if (isOver)
        {
            campaigns.Skip(campaign.Id, end);
        }
        else if (campaign.State == CampaignStates.Running && !PauseOnErrors(campaign))
        {
            GoOn(campaign, online);
        }

        if (campaigns.Counts(campaign.Id).Keys.All(
            state => state is not (DeviceOutcomes.Waiting or DeviceOutcomes.Active)))
        {
            campaigns.Close(campaign.Id);
        }
    }

    /// <summary>What becomes of a device; null: nothing new.</summary>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="device">As it is.</param>
    /// <param name="end">Why the campaign is over; null: it is not.</param>
    private (CampaignDevice After, long NotBefore)? Settled(Campaign campaign, ActiveDevice device, string? end)
    {
        switch (device.Target)
        {
            case TargetStates.Done when device.Piece + 1 == campaign.Pieces:
                return (After(device, DeviceOutcomes.Done, device.Piece + 1, device.Answer), 0);
            case TargetStates.Done when end == null:
                return (After(device, DeviceOutcomes.Active, device.Piece + 1, ""), 0);
            case TargetStates.Refused:
                return Refused(campaign, device, end);
            case TargetStates.Silent when end == null && device.Tries + 1 < TriesMax
                && CampaignContent.MayRepeat(campaign.Command):
                return Again(device, device.Answer);
            case TargetStates.Silent:
                return (After(device, DeviceOutcomes.Silent, device.Piece, device.Answer), 0);
            case TargetStates.Protected or TargetStates.Failed:
                return (After(device, DeviceOutcomes.Skipped, device.Piece, device.Answer), 0);
            case TargetStates.Sent:
                return null;
            default:
                // Nothing of this piece is under way: waiting, or taken back.
                if (end == null)
                {
                    return null;
                }

                device.IsAgain = true;
                return (After(device, DeviceOutcomes.Skipped, device.Piece, device.Answer.Length > 0
                    ? $"{end}; {device.Answer}" : end), 0);
        }
    }

    private (CampaignDevice After, long NotBefore) Refused(Campaign campaign, ActiveDevice device, string? end)
    {
        string word = WordOf(device.Answer);
        if (end == null && word == "busy")
        {
            // It did nothing: to ask again is safe whatever the command is. Pieces that it took before hold.
            device.IsAgain = true;
            int piece = CampaignContent.MayRepeat(campaign.Command) ? 0 : device.Piece;
            return (After(device, DeviceOutcomes.Active, piece, device.Answer),
                utcNow().ToUnixTimeSeconds() + BusySeconds);
        }

        // Another number was higher, or a transfer was lost by a restart: begun anew where that is safe.
        bool isAgain = end == null && device.Tries + 1 < TriesMax && CampaignContent.MayRepeat(campaign.Command)
            && (word is "replayed" or "expired" || (word == "wrong-state" && device.Piece > 0));
        return isAgain ? Again(device, device.Answer)
            : (After(device, DeviceOutcomes.Refused, device.Piece, device.Answer), 0);
    }

    private static (CampaignDevice After, long NotBefore) Again(ActiveDevice device, string answer)
    {
        device.IsAgain = true;
        CampaignDevice after = After(device, DeviceOutcomes.Active, 0, answer);
        return (after with { Tries = device.Tries + 1 }, 0);
    }

    private static CampaignDevice After(ActiveDevice device, string state, int piece, string answer) =>
        new(device.Address, state, 0, piece, device.Tries, null, answer);

    private bool PauseOnErrors(Campaign campaign)
    {
        (int errors, int begun) = campaigns.Errors(campaign.Id);
        if (!campaign.Waves.AreTooMany(errors, begun))
        {
            return false;
        }

        string why = $"{errors} of {begun} devices refused or were silent";
        if (campaigns.Pause(campaign.Id, "", why))
        {
            log($"campaign {campaign.Id} paused: {why}");
        }

        return true;
    }

    private void GoOn(Campaign campaign, IReadOnlySet<string> online)
    {
        long now = utcNow().ToUnixTimeSeconds();

        // Who is offline is waited for, and holds up nobody else.
        List<ActiveDevice> busy = [.. campaigns.Active(campaign.Id).Where(device => device.Target != null
            || (online.Contains(device.Address) && device.NotBefore <= now))];
        if (busy.Count == 0 && IsNextDue(campaign, now))
        {
            List<string> next = [.. campaigns.Free(campaign.Id).Where(online.Contains)
                .Take(campaign.Waves.SizeOf(campaign.Wave + 1))];
            if (next.Count > 0)
            {
                campaigns.Begin(campaign.Id, campaign.Wave + 1, next);
                busy = [.. campaigns.Active(campaign.Id)];
            }
        }

        List<ActiveDevice> due = [.. busy.Where(device => device.Target == null && device.NotBefore <= now
            && online.Contains(device.Address))];
        if (due.Count > 0)
        {
            campaigns.Put(campaign.Id, due);
        }
    }

    /// <summary>Whether the next wave may begin; notes the end of the present one.</summary>
    private bool IsNextDue(Campaign campaign, long now)
    {
        if (campaign.Wave == 0)
        {
            return true;
        }

        if (campaigns.WaveOver(campaign.Id) is { } over)
        {
            return now >= over + campaign.Waves.PauseSeconds;
        }

        campaigns.EndWave(campaign.Id);
        return campaign.Waves.PauseSeconds == 0;
    }

    /// <summary>The word of a device's refusal; empty: there is none.</summary>
    private static string WordOf(string answer)
    {
        try
        {
            using JsonDocument reply = JsonDocument.Parse(answer);
            return reply.RootElement.TryGetProperty("error", out JsonElement word)
                && word.ValueKind == JsonValueKind.String ? word.GetString()! : "";
        }
        catch (JsonException)
        {
            // It was longer than what is kept.
            return "";
        }
    }
}
