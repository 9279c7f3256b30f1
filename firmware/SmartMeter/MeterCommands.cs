using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What a meter does on a signed command; README.md lists the arguments. Each is done wholly or not at all: what is set
/// is durable before the answer says so, and what could not be made durable is put back. Loading a table is the one
/// thing that allocates outside of construction.
/// </summary>
public sealed class MeterCommands : ICommandTarget
{
    private readonly SmartMeterProduct _product;
    private readonly bool _hasRelay;
    private readonly TariffStore _tariffs;
    private readonly MeterTerms _terms;
    private readonly MeterRecorder _recorder;
    private readonly MeterCalibration _calibration;
    private readonly TariffTable _first;
    private readonly TermCommands _termCommands;
    private readonly RefusalNote _note;
    private readonly MeterReader _reader;
    private readonly byte[] _termsBefore = new byte[MeterTerms.SavedBytes];
    private byte[] _arriving;
    private int _received;

    /// <param name="product">Ticked by the board.</param>
    /// <param name="hasRelay">False: the board has no load relay, and the command is refused.</param>
    /// <param name="tariffs">Keeps what was loaded across power loss.</param>
    /// <param name="terms">What is set besides tariffs.</param>
    /// <param name="recorder">Null: no freezes, no event memory.</param>
    /// <param name="calibration">Null like the recorder.</param>
    /// <param name="first">In force when nothing was loaded.</param>
    /// <param name="note">Told what was expected.</param>
    public MeterCommands(SmartMeterProduct product, bool hasRelay, TariffStore tariffs, MeterTerms terms,
        MeterRecorder recorder, MeterCalibration calibration, TariffTable first, RefusalNote note)
    {
        _calibration = calibration;
        _product = product;
        _hasRelay = hasRelay;
        _tariffs = tariffs;
        _terms = terms;
        _recorder = recorder;
        _first = first;
        _note = note;
        _termCommands = new TermCommands(product, terms, recorder, note);
        _reader = new MeterReader(product, terms, recorder);
    }

    /// <inheritdoc/>
    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        _terms.Save(_termsBefore, 0);
        switch (code)
        {
            case CommandCode.Tariff:
                return TakeTariff(arguments, result);
            case CommandCode.Prices:
                return Kept(TakePrices(arguments), code);
            case CommandCode.TopUp:
                return _termCommands.TopUp(arguments, result);
            case CommandCode.Prepayment:
                return TakePrepayment(arguments);
            case CommandCode.Settlement:
                return Kept(_termCommands.SetSettlement(arguments), code);
            case CommandCode.Limit:
                return Kept(_termCommands.SetLoadLimit(arguments, role, result), code);
            case CommandCode.Carbon:
                return TakeCarbon(arguments, result);
            case CommandCode.Read:
                return _reader.Read(arguments, result);
            case CommandCode.Freeze:
                return Freeze(arguments);
            case CommandCode.Clear:
                return Clear(arguments, role);
            case CommandCode.Calibration:
                return _calibration == null ? CommandRefusal.NotSupported : _calibration.Execute(
                    arguments, _product.Meter.IsTimed ? CivilTime.FloorDivide(_product.Meter.UtcMs, 1000) : 0, result);
            case CommandCode.Relay:
                return SetRelay(arguments);
            default:
                return CommandRefusal.NotSupported;
        }
    }

    private int TakeTariff(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count < 3 || !arguments.TryGetInteger("bytes", out long bytes)
            || !arguments.TryGetInteger("at", out long at)
            || !arguments.TryFind("data", out int data) || arguments.KindOf(data) != JsonKind.Text)
        {
            return CommandRefusal.BadArgument;
        }

        if (bytes < 1 || bytes > _tariffs.StateBytesMax)
        {
            return CommandRefusal.OutOfRange;
        }

        if (at == 0)
        {
            _received = 0;
            _arriving = new byte[(int)bytes];
        }

        if (_arriving == null || at != _received || bytes != _arriving.Length)
        {
            return CommandRefusal.WrongState;
        }

        if (!arguments.TryGetBase64(data, _arriving, _received, out int count))
        {
            return CommandRefusal.BadArgument;
        }

        _received += count;
        result.Name("received");
        result.Value(_received);
        return _received == _arriving.Length ? UseTable(arguments, result) : CommandRefusal.None;
    }

    private int UseTable(FlatJson arguments, ByteTextWriter result)
    {
        byte[] bytes = _arriving;
        _arriving = null;
        if (!TariffTable.TryLoad(bytes, bytes.Length, out TariffTable table, out string error))
        {
            _note.Expected = error;
            return CommandRefusal.BadArgument;
        }

        int refusal = arguments.TryFind("set", out int set)
            ? UseSpare(arguments, set, table) : UseCurrent(arguments, table);
        if (refusal == CommandRefusal.None)
        {
            result.Name("tariff");
            result.Value(table.Name);
        }

        return refusal;
    }

    /// <summary>In force at once, all parts.</summary>
    private int UseCurrent(FlatJson arguments, TariffTable table)
    {
        if (arguments.Count != 3)
        {
            return CommandRefusal.BadArgument;
        }

        _note.Expected = _product.Meter.Tariffs.WhyNot(table);
        if (_note.Expected != null)
        {
            return CommandRefusal.OutOfRange;
        }

        // Kept first: after a power cut the meter must not fall back to a table that it already reported as replaced.
        int refusal = _tariffs.TryKeepInstead(table);
        if (refusal == CommandRefusal.None)
        {
            Invariant.Require(_product.TryUseTariff(table), "The table was checked.");
        }

        return refusal;
    }

    /// <summary>In force part by part, each from the second that is named for it.</summary>
    private int UseSpare(FlatJson arguments, int set, TariffTable table)
    {
        int count = 4;
        long seasons = SwitchTime(arguments, "seasons", ref count);
        long dayTables = SwitchTime(arguments, "dayTables", ref count);
        long prices = SwitchTime(arguments, "prices", ref count);
        long tiers = SwitchTime(arguments, "tiers", ref count);
        if (!arguments.TextEquals(set, "spare") || arguments.Count != count)
        {
            return CommandRefusal.BadArgument;
        }

        if (!_product.Meter.IsTimed)
        {
            return CommandRefusal.NoTime;
        }

        long now = CivilTime.FloorDivide(_product.Meter.UtcMs, 1000);
        if (!_product.Meter.Tariffs.TryLoadSpare(table, seasons, dayTables, prices, tiers, now, out string error))
        {
            _note.Expected = error;
            return CommandRefusal.OutOfRange;
        }

        int refusal = Kept(CommandRefusal.None, CommandCode.Tariff);
        if (refusal == CommandRefusal.None)
        {
            _product.Meter.TariffChanged();
        }

        return refusal;
    }

    private static long SwitchTime(FlatJson arguments, string name, ref int count)
    {
        if (!arguments.TryGetInteger(name, out long utcSeconds))
        {
            return TariffSets.Never;
        }

        count++;
        return utcSeconds;
    }

    private int TakePrepayment(FlatJson arguments)
    {
        int refusal = Kept(_termCommands.SetPrepayment(arguments), CommandCode.Prepayment);
        if (refusal == CommandRefusal.None)
        {
            _product.FollowPrepayment();
        }

        return refusal;
    }

    /// <summary>A day's prices, or its kind.</summary>
    private int TakePrices(FlatJson arguments)
    {
        int refusal = PriceCommand.Execute(_product.Meter.Tariffs, arguments, _tariffs.Buffer, Today, _note);
        if (refusal == CommandRefusal.None)
        {
            // Before the list holds: what was used until now is not priced by it after a power cut.
            _product.TrySave();
            _product.Meter.TariffChanged();
        }

        return refusal;
    }

    /// <summary>The local day, by days since 1970-01-01; without a calendar it is not known.</summary>
    private long Today => !_product.Meter.IsTimed ? DayLists.NoDay : CivilTime.FloorDivide(
        CivilTime.FloorDivide(_product.Meter.UtcMs, 1000) + _product.Meter.OffsetSeconds, CivilTime.SecondsPerDay);

    /// <summary>A year's factor, certificates and budget are kept; the factors of a day are not, and fall back to the
    /// year's after a loss of supply.</summary>
    private int TakeCarbon(FlatJson arguments, ByteTextWriter result)
    {
        if (!_terms.HasCarbon)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.TryFind("table", out int table))
        {
            return Kept(_termCommands.SetFactorTable(arguments, table, _tariffs.Buffer, result), CommandCode.Carbon);
        }

        bool hasRegion = arguments.TryFind("region", out int region);
        if (!arguments.TryGetInteger("day", out long day))
        {
            return Kept(hasRegion
                ? _termCommands.SetRegion(arguments, region) : _termCommands.SetCarbon(arguments), CommandCode.Carbon);
        }

        if (hasRegion && !arguments.TextEquals(region, _terms.Factors.Region))
        {
            return _termCommands.Refuse("factors of region \"" + _terms.Factors.Region + "\"");
        }

        if (arguments.Count != (hasRegion ? 3 : 2) || !arguments.TryFind("data", out int data)
            || arguments.KindOf(data) != JsonKind.Text
            || !arguments.TryGetBase64(data, _tariffs.Buffer, 0, out int count))
        {
            return CommandRefusal.BadArgument;
        }

        if (count != 4 * EmissionFactors.QuartersPerDay || !_terms.Factors.TrySetDay(day, Today, _tariffs.Buffer, 0))
        {
            return CommandRefusal.OutOfRange;
        }

        _product.Note(EventCode.Programming, CommandCode.Carbon);
        return CommandRefusal.None;
    }

    /// <summary>Makes what was just set durable; an event. What the store refuses is put back as it was.</summary>
    private int Kept(int refusal, int code)
    {
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        if (_tariffs.TrySave())
        {
            _product.Note(EventCode.Programming, code);
            return CommandRefusal.None;
        }

        if (!_tariffs.TryLoad(_first))
        {
            _product.Meter.Tariffs.TryReplace(_first, out string _);
            _product.Meter.Tariffs.Announced.Clear();
            if (_product.Meter.Tariffs.DayAhead != null)
            {
                _product.Meter.Tariffs.DayAhead.Clear();
            }
        }

        // Also what the board was built with, which is in no store.
        _terms.TryLoad(_termsBefore, 0, _termsBefore.Length);

        _product.Meter.TariffChanged();
        return CommandRefusal.StorageFailed;
    }

    private int Freeze(FlatJson arguments)
    {
        if (_recorder == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        return _recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0)
            ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }

    private int Clear(FlatJson arguments, int role)
    {
        if (arguments.Count != 1 || !arguments.TryFind("what", out int what))
        {
            return CommandRefusal.BadArgument;
        }

        bool isMeter = arguments.TextEquals(what, "meter");
        if (arguments.TextEquals(what, "demand"))
        {
            _product.ClearDemand();
        }
        else if (!isMeter && !arguments.TextEquals(what, "events"))
        {
            return CommandRefusal.BadArgument;
        }
        else if (_recorder == null)
        {
            return CommandRefusal.NotSupported;
        }
        else if (!isMeter)
        {
            _recorder.ClearEvents(-1);
        }
        else if (role != CommandRole.Utility)
        {
            // Costs and freezes are what is billed from.
            return CommandRefusal.RoleNotAllowed;
        }
        else
        {
            _recorder.ClearMeter();
        }

        return _product.TrySave() ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }

    private int SetRelay(FlatJson arguments)
    {
        if (!_hasRelay)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.Count != 1 || !arguments.TryGetBoolean("closed", out bool closed))
        {
            return CommandRefusal.BadArgument;
        }

        if (!_product.TrySetRelay(closed))
        {
            return CommandRefusal.WrongState;
        }

        return _product.IsStoring ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }
}
