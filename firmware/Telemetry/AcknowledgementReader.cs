using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.Telemetry;

/// <summary>
/// Judges an acknowledgement: whose journal it is for, and whether the head-end said it.
/// <code>
///                        no secret        secret, plain ones allowed     secret, plain ones not allowed
///   no mac               taken            taken for what was sent        mac-missing
///   mac                  taken (*)        must be right                  must be right
///   (*) nobody can have signed it; a later version may. Unknown members are skipped.
/// </code>
/// </summary>
public sealed class AcknowledgementReader
{
    /// <summary>Macs checked a second, as many as records leave (RecordSpacingMs): a flood of forged ones must not hold
    /// the loop. What is beyond is left unread: the head-end repeats itself.</summary>
    private const int ChecksPerSecond = 10;

    private readonly TelemetrySettings _settings;
    private readonly IRecordLog _log;
    private readonly AcknowledgementMac _mac;
    private readonly byte[] _bytes = new byte[AcknowledgementMac.Bytes];
    private long _refillAtMs;
    private int _checksLeft;

    public AcknowledgementReader(TelemetrySettings settings, IRecordLog log)
    {
        _settings = settings;
        _log = log;
        _mac = new AcknowledgementMac(settings.Device);
    }

    /// <summary>The device's key; null: acknowledgements have no mac.</summary>
    public IAcknowledgementKey Key { get; set; }

    /// <summary>Number of the acknowledgement last judged.</summary>
    public long UpTo { get; private set; }

    /// <summary>True when its mac was right.</summary>
    public bool IsSigned { get; private set; }

    /// <summary>Judges one that is read and is for this device. Null: take it; else the refusal.</summary>
    public string Judge(FlatJson json, long nowMs)
    {
        IsSigned = false;
        if (!json.TryGetInteger("upTo", out long upTo) || upTo < 0)
        {
            return Refusal.MissingMember;
        }

        UpTo = upTo;
        if (json.TryFind("journal", out int journal)
            && (_log.Identity == null || json.KindOf(journal) != JsonKind.Text
                || !json.TextEquals(journal, _log.Identity)))
        {
            return Refusal.WrongJournal;
        }

        // What is settled already is settled: saying it again proves nothing and costs nothing.
        if (upTo <= _log.AcknowledgedNumber)
        {
            return null;
        }

        if (Key == null || !Key.IsCommissioned)
        {
            return null;
        }

        if (!json.TryFind("mac", out int _))
        {
            return _settings.TakesPlainAcknowledgements ? null : Refusal.MacMissing;
        }

        if (nowMs >= _refillAtMs)
        {
            _refillAtMs = nowMs + 1_000;
            _checksLeft = ChecksPerSecond;
        }

        if (_checksLeft == 0)
        {
            return Refusal.Busy;
        }

        _checksLeft--;
        IsSigned = json.TryGetHex("mac", _bytes, out int count) && count == _bytes.Length
            && _mac.IsGood(Key.LoadAcknowledgementKey(), _log.Identity, upTo, _bytes);
        return IsSigned ? null : Refusal.WrongMac;
    }
}
