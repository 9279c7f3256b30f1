using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What of the product outlives a loss of supply, in sections that an older or newer firmware can tell apart:
/// <code>
///   version (4) | sections: tag (1), length (2), bytes
///     1  registers: rates (1), tiers (1), Meter.Save     2  the log's next number (4)     3  the load relay's command (1)
///     4  prepaid account                                  5  the recorder's part
/// </code>
/// A section that is unknown is passed over, one that is missing leaves what it holds as new. A layout that changes
/// takes a new tag and the old one stays readable: an update never loses registers. Version 2 had the same parts one
/// after the other.
/// </summary>
public sealed partial class SmartMeterProduct
{
    private const int StateVersion = 3;
    private const int RegistersTag = 1;
    private const int LogTag = 2;
    private const int RelayTag = 3;
    private const int AccountTag = 4;
    private const int RecorderTag = 5;
    private const int SectionCount = 5;

    // Of version 2: rates and the relay's command, the log's next number.
    private const int SecondVersion = 2;
    private const int SecondHeadBytes = 12;

    // What the load relay was last commanded to.
    private const int NeverCommanded = 0;
    private const int CommandedOpen = 1;
    private const int CommandedClosed = 2;

    private readonly StateWriter _writer = new StateWriter();

    private int StateBytes =>
        StateWriter.HeadBytes + SectionCount * StateWriter.SectionHeadBytes + 2 + Meter.SavedBytes + 4 + 1
        + PrepaymentAccount.StateBytes + (_recorder == null ? 0 : _recorder.SavedBytes);

    private void Checkpoint(long nowMs)
    {
        _nextCheckpointMs = nowMs + _limits.CheckpointMs;
        bool failed = !_checkpoints.TryWrite(_buffer, WriteState());
        if (failed && !_checkpointFailed)
        {
            AppendEvent(EventCode.CheckpointFailed, UtcSeconds(), UtcSeconds());
        }

        _checkpointFailed = failed;
        if (_recorder != null)
        {
            // Also when it failed: trying again every tick would wear the flash out.
            _recorder.CheckpointDone();
        }
    }

    private int WriteState()
    {
        StateWriter writer = _writer;
        writer.Begin(_buffer, StateVersion);
        int at = writer.Open(RegistersTag);
        _buffer[at] = (byte)_metering.RateCountMax;
        _buffer[at + 1] = (byte)_metering.TierCountMax;
        writer.Close(Meter.Save(_buffer, at + 2));
        at = writer.Open(LogTag);
        LittleEndian.WriteInt32(_buffer, at, (int)_records.NextNumber);
        writer.Close(at + 4);
        at = writer.Open(RelayTag);
        _buffer[at] = (byte)_relayCommand;
        writer.Close(at + 1);
        if (_account != null)
        {
            // Charged to the same moment as the registers, so that nothing is charged twice or never.
            if (_terms.IsPrepaid)
            {
                _account.Charge(BilledEver);
            }

            at = writer.Open(AccountTag);
            _account.Save(_buffer, at);
            writer.Close(at + PrepaymentAccount.StateBytes);
        }

        if (_recorder != null)
        {
            at = writer.Open(RecorderTag);
            _recorder.Save(_buffer, at);
            writer.Close(at + _recorder.SavedBytes);
        }

        return writer.Length;
    }

    /// <summary>The log's next number when the newest checkpoint was written: no number below it is given out again,
    /// whatever the log itself has lost. 1: none is known.</summary>
    public static long NextNumberOf(ICheckpointStore checkpoints, byte[] buffer)
    {
        byte[] state = buffer;
        bool isThere = checkpoints.TryReadNewest(state, out int length, out bool _);
        if (!isThere && length > state.Length)
        {
            state = new byte[length];
            isThere = checkpoints.TryReadNewest(state, out length, out bool _);
        }

        if (!isThere || length < StateWriter.HeadBytes)
        {
            return 1;
        }

        if (LittleEndian.ReadInt32(state, 0) == SecondVersion)
        {
            return AtLeastOne(length < SecondHeadBytes ? 1 : LittleEndian.ReadInt32(state, 8) & 0xFFFF_FFFFL);
        }

        StateReader reader = new StateReader();
        return reader.TryOpen(state, length) && reader.TryFind(LogTag, 4, out int at, out int _)
            ? AtLeastOne(LittleEndian.ReadInt32(state, at) & 0xFFFF_FFFFL) : 1;
    }

    private static long AtLeastOne(long number) => number < 1 ? 1 : number;

    private void LoadState()
    {
        if (_recorder != null)
        {
            _recorder.Attach(Meter, this);
        }

        byte[] state = _buffer;
        bool isThere = _checkpoints.TryReadNewest(state, out int length, out bool older);
        if (!isThere && length > state.Length)
        {
            // Of a meter that kept more; this once it takes room of its own.
            state = new byte[length];
            isThere = _checkpoints.TryReadNewest(state, out length, out older);
        }

        if (!isThere)
        {
            // Cut before the first save: the log began with the meter.
            LogProof.RollForward(_records, Meter, _buffer, 1);
            return;
        }

        int version = LittleEndian.ReadInt32(state, 0);
        bool isLoaded = version == SecondVersion
            ? TryLoadSecond(state, length, out long logNumber) : TryLoadSections(state, length, out logNumber);

        // An older copy is loaded all the same; the first tick reports that what was counted since then is lost.
        _checkpointFailed = older || !isLoaded;
        if (isLoaded)
        {
            // Behind the account: what the records prove is charged to it like everything else.
            LogProof.RollForward(_records, Meter, _buffer, logNumber);
            _isReopenedLogged = Meter.HasOpenInterval && LogProof.HasInterval(_records, _buffer, logNumber);
        }
    }

    private bool TryLoadSections(byte[] state, int length, out long logNumber)
    {
        logNumber = 0;
        StateReader reader = new StateReader();
        if (!reader.TryOpen(state, length) || !reader.TryFind(RegistersTag, 2, out int at, out int count)
            || count < 2 + Meter.SavedBytesOf(state[at], state[at + 1])
            || !Meter.TryLoad(state, at + 2, state[at], state[at + 1]))
        {
            return false;
        }

        int rates = state[at];
        if (reader.TryFind(LogTag, 4, out at, out count))
        {
            logNumber = LittleEndian.ReadInt32(state, at) & 0xFFFF_FFFFL;
        }

        if (reader.TryFind(RelayTag, 1, out at, out count))
        {
            _relayCommand = state[at];
        }

        if (_account != null && reader.TryFind(AccountTag, PrepaymentAccount.StateBytes, out at, out count))
        {
            _account.TryLoad(state, at);
        }

        if (_recorder != null && reader.TryFind(RecorderTag, 0, out at, out count))
        {
            _recorder.Load(state, at, count, rates);
        }

        return true;
    }

    /// <summary>Version 2 named its rates but not its tiers, which have to be this meter's.</summary>
    private bool TryLoadSecond(byte[] state, int length, out long logNumber)
    {
        int rates = LittleEndian.ReadInt32(state, 4) & 0xFFFF;
        logNumber = LittleEndian.ReadInt32(state, 8) & 0xFFFF_FFFFL;
        int at = SecondHeadBytes + Meter.SavedBytesOf(rates, _metering.TierCountMax);
        if (length < at || !Meter.TryLoad(state, SecondHeadBytes, rates, _metering.TierCountMax))
        {
            return false;
        }

        _relayCommand = LittleEndian.ReadInt32(state, 4) >> 16;
        if (_account != null && length >= at + PrepaymentAccount.StateBytes)
        {
            _account.TryLoad(state, at);
            at += PrepaymentAccount.StateBytes;
        }

        if (_recorder != null && length > at)
        {
            _recorder.Load(state, at, length - at, rates);
        }

        return true;
    }
}
