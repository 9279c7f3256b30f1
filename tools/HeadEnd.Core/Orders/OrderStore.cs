using System.Data.Common;

namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>Orders of a head-end's database, with what each device answered.</summary>
public sealed class OrderStore(IHeadEndStore store, Func<DateTimeOffset> utcNow)
{
    private const string Columns = """
        command_order.id, command, arguments, role, why, is_dangerous, command_order.state, ordered_by, ordered_utc_s,
        approved_by, stopped_by
        """;

    /// <summary>An order of a campaign goes out while the campaign runs.</summary>
    private const string MayGo = """
        (campaign_id IS NULL OR EXISTS (SELECT 1 FROM campaign WHERE campaign.id=campaign_id
            AND campaign.state='running'))
        """;

    /// <summary>A second person approves within this time, a day: after it, what the order was for may be long
    /// over.</summary>
    public const int ApprovalSecondsMax = 86_400;

    private const int AnswerCharsMax = 1_000;

    private readonly SqlStore _store = (SqlStore)store;

    private long Now => utcNow().ToUnixTimeSeconds();

    /// <summary>Adds an order with its devices.</summary>
    /// <returns>Its number.</returns>
    public long Add(NewOrder order, bool isDangerous, bool isPaced, string state, string who) => _store.Write(
        (connection, transaction) =>
        {
            using DbCommand insert = SqlStore.Command(connection, transaction, """
                INSERT INTO command_order(command, arguments, role, why, is_dangerous, is_paced, state, ordered_by,
                    ordered_utc_s)
                VALUES(@command, @arguments, @role, @why, @dangerous, @paced, @state, @who, @now) RETURNING id
                """,
                ("command", order.Command), ("arguments", order.Arguments), ("role", order.Role), ("why", order.Why),
                ("dangerous", isDangerous ? 1 : 0), ("paced", isPaced ? 1 : 0), ("state", state), ("who", who),
                ("now", Now));
            long id = (long)insert.ExecuteScalar()!;
            foreach (string device in order.Devices)
            {
                SqlStore.Change(connection, transaction,
                    "INSERT INTO command_target(order_id, address, state) VALUES(@id, @device, @state)",
                    ("id", id), ("device", device), ("state", TargetStates.Waiting));
            }

            return id;
        });

    /// <summary>Orders, newest first; those of campaigns are not among them.</summary>
    /// <param name="before">Order before which to begin; null: at the newest.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="device">With this device; null: all.</param>
    public IReadOnlyList<CommandOrder> List(long? before, int countMax, string? device = null) => _store.Rows($"""
        SELECT {Columns} FROM command_order WHERE id<@before AND campaign_id IS NULL AND (@device IS NULL OR EXISTS (
            SELECT 1 FROM command_target WHERE order_id=command_order.id AND address=@device))
        ORDER BY id DESC LIMIT @count
        """, Row, ("before", before ?? long.MaxValue), ("device", device), ("count", countMax));

    /// <summary>One order; null: there is none of that number.</summary>
    public CommandOrder? Find(long id) => _store.Rows(
        $"SELECT {Columns} FROM command_order WHERE id=@id", Row, ("id", id)).SingleOrDefault();

    /// <summary>Devices of an order in the order of their addresses.</summary>
    /// <param name="id">Of the order.</param>
    /// <param name="after">Address behind which to begin; null: at the first.</param>
    /// <param name="countMax">How many at most.</param>
    public IReadOnlyList<CommandTarget> Targets(long id, string? after, int countMax) => _store.Rows("""
        SELECT address, state, message_id, sent_utc_s, answered_utc_s, answer FROM command_target
        WHERE order_id=@id AND address>@after ORDER BY address LIMIT @count
        """,
        row => new CommandTarget(row.GetString(0), row.GetString(1), row.GetInt64(2), At(row, 3), At(row, 4),
            row.GetString(5)),
        ("id", id), ("after", after ?? ""), ("count", countMax));

    /// <summary>How many devices of an order are in each state.</summary>
    public IReadOnlyDictionary<string, int> Counts(long id) => _store.Rows(
        "SELECT state, COUNT(*) FROM command_target WHERE order_id=@id GROUP BY state ORDER BY state",
        row => (row.GetString(0), (int)row.GetInt64(1)), ("id", id)).ToDictionary(one => one.Item1, one => one.Item2);

    /// <summary>Devices that somebody ordered something dangerous for since a time.</summary>
    public IReadOnlyList<string> DangerousDevicesOf(string who, DateTimeOffset since) => _store.Rows("""
        SELECT DISTINCT address FROM command_order JOIN command_target ON order_id=command_order.id
        WHERE is_dangerous=1 AND ordered_by=@who AND ordered_utc_s>=@since
        """, row => row.GetString(0), ("who", who), ("since", since.ToUnixTimeSeconds()));

    /// <summary>A second person lets it run. False: it does not wait, or he ordered it himself.</summary>
    public bool Approve(long id, string who) => _store.Change("""
        UPDATE command_order SET state='running', approved_by=@who, approved_utc_s=@now
        WHERE id=@id AND state='waiting' AND ordered_by<>@who AND ordered_utc_s>=@since
        """, ("id", id), ("who", who), ("now", Now), ("since", Now - ApprovalSecondsMax)) == 1;

    /// <summary>Stops it: what is not sent yet is not sent. False: it is over.</summary>
    public bool Stop(long id, string who) => _store.Write((connection, transaction) =>
    {
        bool isStopped = SqlStore.Change(connection, transaction, """
            UPDATE command_order SET state='stopped', stopped_by=@who WHERE id=@id AND campaign_id IS NULL
                AND state IN ('waiting', 'running')
            """, ("id", id), ("who", who)) == 1;
        if (isStopped)
        {
            SqlStore.Change(connection, transaction,
                "UPDATE command_target SET state='stopped' WHERE order_id=@id AND state='waiting'", ("id", id));
        }

        return isStopped;
    });

    /// <summary>The next devices of running orders, the oldest order first.</summary>
    /// <param name="countMax">How many at most.</param>
    /// <param name="isPaced">Of commands that go to so many devices a minute, or of the others.</param>
    internal IReadOnlyList<WaitingTarget> Waiting(int countMax, bool isPaced) => _store.Rows($"""
        SELECT {Columns}, address, (SELECT COALESCE(MAX(CASE WHEN other.highest_id>other.message_id
            THEN other.highest_id ELSE other.message_id END), 0) FROM command_target other
            WHERE other.address=command_target.address)
        FROM command_target JOIN command_order ON command_order.id=order_id
        WHERE command_target.state='waiting' AND command_order.state='running' AND is_paced=@paced AND {MayGo}
        ORDER BY order_id, address LIMIT @count
        """,
        row => new WaitingTarget(Row(row), row.GetString(11), row.GetInt64(12)),
        ("paced", isPaced ? 1 : 0), ("count", countMax));

    /// <summary>Whether an order is being sent.</summary>
    internal bool HasRunning() => _store.Scalar("SELECT COUNT(*) FROM command_order WHERE state='running'") > 0;

    /// <summary>Devices that were sent something paced since a time.</summary>
    internal int PacedSince(DateTimeOffset since) => (int)_store.Scalar("""
        SELECT COUNT(*) FROM command_target JOIN command_order ON command_order.id=order_id
        WHERE is_paced=1 AND sent_utc_s>@since
        """, ("since", since.ToUnixTimeSeconds()));

    /// <summary>Notes a message before it goes out: after a power cut it is not sent twice. False: the order was
    /// stopped meanwhile, and nothing may go out.</summary>
    internal bool MarkSent(long id, string device, long messageId, int validSeconds) => _store.Change($"""
        UPDATE command_target SET state='sent', message_id=@message, sent_utc_s=@now, expires_utc_s=@expires
        WHERE order_id=@id AND address=@device AND state='waiting'
            AND EXISTS (SELECT 1 FROM command_order WHERE command_order.id=@id AND command_order.state='running'
                AND {MayGo})
        """,
        ("id", id), ("device", device), ("message", messageId), ("now", Now), ("expires", Now + validSeconds)) == 1;

    /// <summary>Ends a device's part without an answer of its own.</summary>
    internal void End(long id, string device, string state, string why) => _store.Change("""
        UPDATE command_target SET state=@state, answer=@why
        WHERE order_id=@id AND address=@device AND state IN ('waiting', 'sent')
        """, ("id", id), ("device", device), ("state", state), ("why", Cut(why)));

    /// <summary>Notes a device's answer to one of our messages; what is no answer to one is let go.</summary>
    internal void Answer(string device, long messageId, bool isDone, long highestId, string answer) => _store.Change("""
        UPDATE command_target SET state=@state, answer=@answer, answered_utc_s=@now, highest_id=@highest
        WHERE address=@device AND message_id=@message AND state IN ('sent', 'silent')
        """,
        ("device", device), ("message", messageId), ("state", isDone ? TargetStates.Done : TargetStates.Refused),
        ("answer", Cut(answer)), ("now", Now), ("highest", highestId));

    /// <summary>Devices that did not answer while their message was good are silent; orders that have nobody left are
    /// done.</summary>
    internal void Close()
    {
        _store.Change(
            "UPDATE command_target SET state='silent' WHERE state='sent' AND expires_utc_s<@now", ("now", Now));
        _store.Change("""
            UPDATE command_order SET state='done' WHERE state='running' AND campaign_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM command_target
                WHERE order_id=command_order.id AND command_target.state IN ('waiting', 'sent'))
            """);
    }

    /// <summary>Orders that no second person approved in time go nowhere any more.</summary>
    internal void Expire()
    {
        if (_store.Scalar("SELECT COUNT(*) FROM command_order WHERE state='waiting' AND ordered_utc_s<@since",
            ("since", Now - ApprovalSecondsMax)) > 0)
        {
            _store.Write((connection, transaction) =>
            {
                SqlStore.Change(connection, transaction, """
                    UPDATE command_target SET state='stopped' WHERE state='waiting' AND order_id IN (
                        SELECT id FROM command_order WHERE state='waiting' AND ordered_utc_s<@since)
                    """, ("since", Now - ApprovalSecondsMax));
                return SqlStore.Change(connection, transaction,
                    "UPDATE command_order SET state='expired' WHERE state='waiting' AND ordered_utc_s<@since",
                    ("since", Now - ApprovalSecondsMax));
            });
        }
    }

    private static string Cut(string text) => text.Length <= AnswerCharsMax ? text : text[..AnswerCharsMax] + "…";

    private static DateTimeOffset? At(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(column));

    private static CommandOrder Row(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2),
        row.GetString(3), row.GetString(4), row.GetInt32(5) != 0, row.GetString(6), row.GetString(7), At(row, 8)!.Value,
        row.GetString(9), row.GetString(10));
}
