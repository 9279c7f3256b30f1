using System.Data.Common;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>What <see cref="CampaignRunner"/> reads and writes.</summary>
public sealed partial class CampaignStore
{
    private const int AnswerCharsMax = 300;

    /// <summary>Campaigns that have a device without an outcome, and may do something about it.</summary>
    internal IReadOnlyList<Campaign> Open()
    {
        if (_store.Scalar("SELECT COUNT(*) FROM campaign WHERE state='waiting' AND created_utc_s<@since",
            ("since", Now - OrderStore.ApprovalSecondsMax)) > 0)
        {
            _store.Change("UPDATE campaign SET state='expired' WHERE state='waiting' AND created_utc_s<@since",
                ("since", Now - OrderStore.ApprovalSecondsMax));
        }

        return _store.Rows($"""
            SELECT {Columns} FROM campaign WHERE state IN ('running', 'paused')
                OR (state IN ('stopped', 'expired') AND EXISTS (SELECT 1 FROM campaign_device
                    WHERE campaign_id=campaign.id AND campaign_device.state IN ('waiting', 'active')))
            ORDER BY id
            """, Row);
    }

    /// <summary>Devices that a campaign has begun with, and silent ones whose answer came after all.</summary>
    internal IReadOnlyList<ActiveDevice> Active(long id) => _store.Rows("""
        SELECT one.address, one.state, one.piece, one.tries, one.not_before_utc_s, target.state,
            COALESCE(target.answer, '')
        FROM campaign_device one
        JOIN command_order ON command_order.campaign_id=one.campaign_id AND command_order.piece=one.piece
        LEFT JOIN command_target target ON target.order_id=command_order.id AND target.address=one.address
        WHERE one.campaign_id=@id AND (one.state='active'
            OR (one.state='silent' AND target.state IN ('done', 'refused')))
        ORDER BY one.address
        """,
        row => new ActiveDevice(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetInt64(4),
            row.IsDBNull(5) || row.GetString(5) == TargetStates.Stopped ? null : row.GetString(5), row.GetString(6)),
        ("id", id));

    /// <summary>Devices that wait for their turn and are in no step of another campaign.</summary>
    internal IReadOnlyList<string> Free(long id) => _store.Rows("""
        SELECT address FROM campaign_device one WHERE campaign_id=@id AND state='waiting' AND NOT EXISTS (
            SELECT 1 FROM campaign_device other WHERE other.address=one.address AND other.state='active')
        ORDER BY address
        """, row => row.GetString(0), ("id", id));

    /// <summary>Refused and silent devices since the last time that a person let it go on, and devices begun.</summary>
    internal (int Errors, int Begun) Errors(long id) => _store.Rows("""
        SELECT COALESCE(SUM(CASE WHEN campaign_device.state IN ('refused', 'silent') THEN 1 ELSE 0 END), 0)
            - MAX(errors_forgiven), COALESCE(SUM(CASE WHEN campaign_device.wave>0 THEN 1 ELSE 0 END), 0)
        FROM campaign JOIN campaign_device ON campaign_id=campaign.id WHERE campaign.id=@id
        """, row => (Convert.ToInt32(row.GetValue(0)), Convert.ToInt32(row.GetValue(1))), ("id", id)).Single();

    /// <summary>When the present wave was over, s since 1970; null: it is not.</summary>
    internal long? WaveOver(long id) => _store.Rows("SELECT wave_over_utc_s FROM campaign WHERE id=@id",
        row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("id", id)).Single();

    /// <summary>The present wave is over.</summary>
    internal void EndWave(long id) => _store.Change(
        "UPDATE campaign SET wave_over_utc_s=@now WHERE id=@id", ("id", id), ("now", Now));

    /// <summary>Begins a wave with these devices. A campaign that was paused or stopped meanwhile begins
    /// none.</summary>
    internal void Begin(long id, int wave, IReadOnlyList<string> devices) => _store.Write((connection, transaction) =>
    {
        if (SqlStore.Change(connection, transaction,
            "UPDATE campaign SET wave=@wave, wave_over_utc_s=NULL WHERE id=@id AND state='running'",
            ("id", id), ("wave", wave)) == 1)
        {
            foreach (string device in devices)
            {
                SqlStore.Change(connection, transaction, """
                    UPDATE campaign_device SET state='active', wave=@wave
                    WHERE campaign_id=@id AND address=@device AND state='waiting'
                    """, ("id", id), ("wave", wave), ("device", device));
            }
        }

        return 0;
    });

    /// <summary>Writes what became of devices: all of it or nothing.</summary>
    internal void Write(long id, IReadOnlyList<(ActiveDevice Before, CampaignDevice After, long NotBefore)> changes) =>
        _store.Write((connection, transaction) =>
        {
            foreach ((ActiveDevice before, CampaignDevice after, long notBefore) in changes)
            {
                SqlStore.Change(connection, transaction, """
                    UPDATE campaign_device SET state=@state, piece=@piece, tries=@tries, not_before_utc_s=@before,
                        answer=@answer, ended_utc_s=CASE WHEN @state='active' THEN NULL ELSE @now END
                    WHERE campaign_id=@id AND address=@device
                    """,
                    ("id", id), ("device", before.Address), ("state", after.State), ("piece", after.Piece),
                    ("tries", after.Tries), ("before", notBefore), ("now", Now),
                    ("answer", after.Answer.Length > AnswerCharsMax ? after.Answer[..AnswerCharsMax] + "…"
                        : after.Answer));
                if (before.IsAgain)
                {
                    Withdraw(connection, transaction, id, before.Address);
                }
            }

            return 0;
        });

    /// <summary>Orders the pieces that are due: each for one device.</summary>
    internal void Put(long id, IReadOnlyList<ActiveDevice> devices) => _store.Write((connection, transaction) =>
    {
        foreach (ActiveDevice device in devices)
        {
            SqlStore.Change(connection, transaction, """
                INSERT INTO command_target(order_id, address, state)
                SELECT id, @device, 'waiting' FROM command_order WHERE campaign_id=@id AND piece=@piece
                ON CONFLICT(order_id, address) DO UPDATE SET state='waiting' WHERE command_target.state='stopped'
                """, ("id", id), ("device", device.Address), ("piece", device.Piece));
        }

        return 0;
    });

    /// <summary>Takes back what was not sent yet.</summary>
    internal void TakeBack(long id, IReadOnlyList<ActiveDevice> devices) => _store.Write((connection, transaction) =>
    {
        foreach (ActiveDevice device in devices)
        {
            SqlStore.Change(connection, transaction, """
                UPDATE command_target SET state='stopped' WHERE state='waiting' AND address=@device
                    AND order_id IN (SELECT id FROM command_order WHERE campaign_id=@id)
                """, ("id", id), ("device", device.Address));
        }

        return 0;
    });

    /// <summary>Who was not begun with gets nothing any more.</summary>
    internal void Skip(long id, string why) => _store.Change("""
        UPDATE campaign_device SET state='skipped', answer=@why, ended_utc_s=@now
        WHERE campaign_id=@id AND state='waiting'
        """, ("id", id), ("why", why), ("now", Now));

    /// <summary>Every device has its outcome.</summary>
    internal void Close(long id) => _store.Write((connection, transaction) =>
    {
        SqlStore.Change(connection, transaction,
            "UPDATE campaign SET state='done' WHERE id=@id AND state IN ('running', 'paused')", ("id", id));
        return SqlStore.Change(connection, transaction,
            "UPDATE command_order SET state='done' WHERE campaign_id=@id", ("id", id));
    });

    // What was sent under the numbers before is not asked for any more; its numbers stay known as used.
    private static void Withdraw(DbConnection connection, DbTransaction transaction, long id, string device) =>
        SqlStore.Change(connection, transaction, """
            UPDATE command_target SET state='stopped', message_id=0,
                highest_id=CASE WHEN highest_id>message_id THEN highest_id ELSE message_id END
            WHERE address=@device AND order_id IN (SELECT id FROM command_order WHERE campaign_id=@id)
            """, ("id", id), ("device", device));
}
