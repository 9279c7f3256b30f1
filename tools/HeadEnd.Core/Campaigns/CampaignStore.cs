using System.Data.Common;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>Campaigns of a head-end's database. Each piece is an order of <see cref="OrderStore"/>, whose dispatcher
/// signs it, sends it once and takes the answer.</summary>
public sealed partial class CampaignStore(IHeadEndStore store, Func<DateTimeOffset> utcNow)
{
    private const string Columns = """
        id, kind, name, command, role, why, pieces, is_dangerous, state, note, first_wave, growth_percent, pause_s,
        errors_permille_max, wave, ends_utc_s, created_by, created_utc_s, approved_by, changed_by
        """;

    private readonly SqlStore _store = (SqlStore)store;

    private long Now => utcNow().ToUnixTimeSeconds();

    /// <summary>Adds a campaign with its devices and its pieces.</summary>
    /// <returns>Its number.</returns>
    internal long Add(NewCampaign campaign, IReadOnlyList<string> devices, bool isDangerous, bool isPaced, string state,
        string who) => _store.Write((connection, transaction) =>
    {
        CampaignContent content = campaign.Content;
        using DbCommand insert = SqlStore.Command(connection, transaction, """
            INSERT INTO campaign(kind, name, command, role, why, pieces, is_dangerous, state, first_wave,
                growth_percent, pause_s, errors_permille_max, ends_utc_s, created_by, created_utc_s)
            VALUES(@kind, @name, @command, @role, @why, @pieces, @dangerous, @state, @first, @growth, @pause, @errors,
                @ends, @who, @now) RETURNING id
            """,
            ("kind", content.Kind), ("name", content.Name), ("command", content.Command), ("role", campaign.Role),
            ("why", campaign.Why), ("pieces", content.Pieces.Count), ("dangerous", isDangerous ? 1 : 0),
            ("state", state), ("first", campaign.Waves.First), ("growth", campaign.Waves.GrowthPercent),
            ("pause", campaign.Waves.PauseSeconds), ("errors", campaign.Waves.ErrorsPermilleMax),
            ("ends", Now + campaign.Hours * 3_600L), ("who", who), ("now", Now));
        long id = (long)insert.ExecuteScalar()!;
        for (int piece = 0; piece < content.Pieces.Count; piece++)
        {
            SqlStore.Change(connection, transaction, """
                INSERT INTO command_order(command, arguments, role, why, is_dangerous, is_paced, state, ordered_by,
                    ordered_utc_s, campaign_id, piece)
                VALUES(@command, @arguments, @role, @why, @dangerous, @paced, 'running', @who, @now, @id, @piece)
                """,
                ("command", content.Command), ("arguments", content.Pieces[piece]), ("role", campaign.Role),
                ("why", campaign.Why), ("dangerous", isDangerous ? 1 : 0), ("paced", isPaced ? 1 : 0), ("who", who),
                ("now", Now), ("id", id), ("piece", piece));
        }

        foreach (string device in devices)
        {
            SqlStore.Change(connection, transaction,
                "INSERT INTO campaign_device(campaign_id, address, state) VALUES(@id, @device, 'waiting')",
                ("id", id), ("device", device));
        }

        return id;
    });

    /// <summary>Campaigns, newest first.</summary>
    /// <param name="before">Campaign before which to begin; null: at the newest.</param>
    /// <param name="countMax">How many at most.</param>
    public IReadOnlyList<Campaign> List(long? before, int countMax) => _store.Rows(
        $"SELECT {Columns} FROM campaign WHERE id<@before ORDER BY id DESC LIMIT @count", Row,
        ("before", before ?? long.MaxValue), ("count", countMax));

    /// <summary>One campaign; null: there is none of that number.</summary>
    public Campaign? Find(long id) => _store.Rows(
        $"SELECT {Columns} FROM campaign WHERE id=@id", Row, ("id", id)).SingleOrDefault();

    /// <summary>How many devices of a campaign have each outcome.</summary>
    public IReadOnlyDictionary<string, int> Counts(long id) => _store.Rows(
        "SELECT state, COUNT(*) FROM campaign_device WHERE campaign_id=@id GROUP BY state ORDER BY state",
        row => (row.GetString(0), (int)row.GetInt64(1)), ("id", id)).ToDictionary(one => one.Item1, one => one.Item2);

    /// <summary>Devices of a campaign in the order of their addresses.</summary>
    /// <param name="id">Of the campaign.</param>
    /// <param name="after">Address behind which to begin; null: at the first.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="state">With this outcome; null: all.</param>
    public IReadOnlyList<CampaignDevice> Devices(long id, string? after, int countMax, string? state = null) =>
        _store.Rows("""
            SELECT address, state, wave, piece, tries, ended_utc_s, answer FROM campaign_device
            WHERE campaign_id=@id AND address>@after AND (@state IS NULL OR state=@state)
            ORDER BY address LIMIT @count
            """,
            row => new CampaignDevice(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3),
                row.GetInt32(4), row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(5)),
                row.GetString(6)),
            ("id", id), ("after", after ?? ""), ("count", countMax), ("state", state));

    /// <summary>A second person lets it run. False: it does not wait, he made it himself, or a day has
    /// passed.</summary>
    public bool Approve(long id, string who) => _store.Change("""
        UPDATE campaign SET state='running', approved_by=@who
        WHERE id=@id AND state='waiting' AND created_by<>@who AND created_utc_s>=@since
        """, ("id", id), ("who", who), ("since", Now - OrderStore.ApprovalSecondsMax)) == 1;

    /// <summary>Holds back what is not sent yet. False: it does not run.</summary>
    /// <param name="id">Of the campaign.</param>
    /// <param name="who">Who does so; empty: the campaign itself.</param>
    /// <param name="why">Shown to people; may be empty.</param>
    public bool Pause(long id, string who, string why = "") => _store.Change(
        "UPDATE campaign SET state='paused', changed_by=@who, note=@why WHERE id=@id AND state='running'",
        ("id", id), ("who", who), ("why", why)) == 1;

    /// <summary>Goes on; the errors so far count no more. False: it is not paused.</summary>
    public bool Resume(long id, string who) => _store.Change("""
        UPDATE campaign SET state='running', changed_by=@who, note='', errors_forgiven=(SELECT COUNT(*)
            FROM campaign_device WHERE campaign_id=campaign.id AND campaign_device.state IN ('refused', 'silent'))
        WHERE id=@id AND state='paused'
        """, ("id", id), ("who", who)) == 1;

    /// <summary>Ends it: what is not sent yet is not sent. False: it is over.</summary>
    public bool Stop(long id, string who) => _store.Change("""
        UPDATE campaign SET state='stopped', changed_by=@who
        WHERE id=@id AND state IN ('waiting', 'running', 'paused')
        """, ("id", id), ("who", who)) == 1;

    private static Campaign Row(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2),
        row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt32(6), row.GetInt32(7) != 0, row.GetString(8),
        row.GetString(9),
        new CampaignWaves(row.GetInt32(10), row.GetInt32(11), row.GetInt32(12), row.GetInt32(13)), row.GetInt32(14),
        DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(15)), row.GetString(16),
        DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(17)), row.GetString(18), row.GetString(19));
}
