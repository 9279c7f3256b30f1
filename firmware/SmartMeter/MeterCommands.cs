using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What a meter does on a signed command. Arguments:
/// tariff {"bytes":whole length, "at":offset, "data":base64}: pieces in order from 0; the last one puts the table in force;
/// clock {"utcSeconds":n}; clear {"what":"demand"}; relay {"closed":true|false}; restart {}.
/// Each is done wholly or not at all. Loading a table is the one thing that allocates outside of construction.
/// </summary>
public sealed class MeterCommands : ICommandTarget
{
    private readonly SmartMeterProduct _product;
    private readonly IClock _clock;
    private readonly IRelay _relay;
    private readonly ICheckpointStore _tariffs;
    private readonly byte[] _table;
    private int _received;
    private int _expected;

    /// <param name="product">Ticked by the board.</param>
    /// <param name="clock">Set by command.</param>
    /// <param name="relay">The load relay; null: the board has none and the command is refused.</param>
    /// <param name="tariffs">Keeps the newest table across power loss.</param>
    /// <param name="tariffBytesMax">Longest table in bytes.</param>
    public MeterCommands(SmartMeterProduct product, IClock clock, IRelay relay, ICheckpointStore tariffs, int tariffBytesMax)
    {
        _product = product;
        _clock = clock;
        _relay = relay;
        _tariffs = tariffs;
        _table = new byte[tariffBytesMax + CheckpointStore.OverheadBytes];
    }

    /// <summary>True once a restart was asked for: the board restarts after this tick.</summary>
    public bool RestartAsked { get; private set; }

    /// <summary>Puts the table in force that was last loaded by command. False: there is none that is good.</summary>
    public bool TryRestoreTariff()
    {
        return _tariffs.TryReadNewest(_table, out int length, out bool _)
            && TariffTable.TryLoad(_table, length, out TariffTable table, out string _) && _product.TryUseTariff(table);
    }

    /// <inheritdoc/>
    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        switch (code)
        {
            case CommandCode.Tariff:
                return TakeTariff(arguments, result);
            case CommandCode.Clock:
                return ClockCommand.Execute(arguments, _clock);
            case CommandCode.Clear:
                return Clear(arguments);
            case CommandCode.Relay:
                return SetRelay(arguments);
            case CommandCode.Restart:
                RestartAsked = true;
                return CommandRefusal.None;
            default:
                return CommandRefusal.NotSupported;
        }
    }

    private int TakeTariff(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 3 || !arguments.TryGetInteger("bytes", out long bytes) || !arguments.TryGetInteger("at", out long at)
            || !arguments.TryFind("data", out int data) || arguments.KindOf(data) != JsonKind.Text)
        {
            return CommandRefusal.BadArgument;
        }

        if (bytes < 1 || bytes > _table.Length - CheckpointStore.OverheadBytes)
        {
            return CommandRefusal.OutOfRange;
        }

        if (at == 0)
        {
            _received = 0;
            _expected = (int)bytes;
        }

        if (at != _received || bytes != _expected)
        {
            return CommandRefusal.WrongState;
        }

        if (!arguments.TryGetBase64(data, _table, _received, out int count) || _received + count > _expected)
        {
            return CommandRefusal.BadArgument;
        }

        _received += count;
        result.Name("received");
        result.Value(_received);
        return _received == _expected ? UseTable(result) : CommandRefusal.None;
    }

    private int UseTable(ByteTextWriter result)
    {
        _received = 0;
        if (!TariffTable.TryLoad(_table, _expected, out TariffTable table, out string _))
        {
            return CommandRefusal.BadArgument;
        }

        if (!_product.Meter.CanUse(table))
        {
            return CommandRefusal.OutOfRange;
        }

        // Durable first: after a power cut the meter must not fall back to a table that it already reported as replaced.
        if (!_tariffs.TryWrite(_table, _expected))
        {
            return CommandRefusal.StorageFailed;
        }

        _product.TryUseTariff(table);
        result.Name("tariff");
        result.Value(table.Name);
        return CommandRefusal.None;
    }

    private int Clear(FlatJson arguments)
    {
        if (arguments.Count != 1 || !arguments.TryFind("what", out int what) || !arguments.TextEquals(what, "demand"))
        {
            return CommandRefusal.BadArgument;
        }

        _product.ClearDemand();
        return CommandRefusal.None;
    }

    private int SetRelay(FlatJson arguments)
    {
        if (_relay == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.Count != 1 || !arguments.TryGetBoolean("closed", out bool closed))
        {
            return CommandRefusal.BadArgument;
        }

        return _relay.TrySet(closed) ? CommandRefusal.None : CommandRefusal.WrongState;
    }
}
