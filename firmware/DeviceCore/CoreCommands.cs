using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// Commands that ask a device about itself, its clock and its firmware; all others go on to the product. Arguments:
/// health {}; log {"from":number of an entry} or {}; log-level {"level":0 to 4}; self-test {}; restart {};
/// clock {"utcSeconds":n}; update: <see cref="ImageReceiver"/>; time: the head-end's answer to a birth.
/// </summary>
public sealed class CoreCommands : ICommandTarget
{
    private const int LogBytesMax = 900;
    private const int TimeMsMax = 10_000;

    private readonly Core _core;
    private readonly IDeviceProduct _product;
    private readonly TelemetryAgent _telemetry;

    /// <param name="core">Attached before the first command.</param>
    /// <param name="product">Takes all other commands.</param>
    /// <param name="telemetry">Knows the births; null: none is made.</param>
    public CoreCommands(Core core, IDeviceProduct product, TelemetryAgent telemetry)
    {
        _core = core;
        _product = product;
        _telemetry = telemetry;
    }

    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        switch (code)
        {
            case CommandCode.Health:
                return WriteHealth(arguments, result);
            case CommandCode.Log:
                return WriteLog(arguments, result);
            case CommandCode.LogLevel:
                return SetLogLevel(arguments);
            case CommandCode.Update:
                return _core.Images == null ? CommandRefusal.NotSupported : _core.Images.Execute(arguments, result);
            case CommandCode.Time:
                return TakeTime(arguments, result);
            case CommandCode.Clock:
                return ClockCommand.Execute(arguments, _core.Time);
            case CommandCode.SelfTest:
                return SelfTest(arguments, result);
            case CommandCode.Restart:
                return Restart(arguments);
            default:
                return _product.Execute(code, role, arguments, result);
        }
    }

    /// <summary>{"utcMilliseconds":n,"next":n,"birth":n}: the head-end's time when it answered that birth. Half of the
    /// way there and back is added; what took longer than ten seconds, or was made for another birth, is no
    /// time.</summary>
    private int TakeTime(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 3 || !arguments.TryGetInteger("utcMilliseconds", out long utcMs)
            || !arguments.TryGetInteger("next", out long next) || !arguments.TryGetInteger("birth", out long birth))
        {
            return CommandRefusal.BadArgument;
        }

        if (_telemetry == null || !_telemetry.IsBirth(next, birth, TimeMsMax, out long ageMs))
        {
            return CommandRefusal.WrongState;
        }

        TimeAnswer answer = _core.Time.OfferNow(TimeSource.HeadEnd, utcMs + ageMs / 2);
        if (answer == TimeAnswer.Refused)
        {
            return CommandRefusal.OutOfRange;
        }

        if (answer == TimeAnswer.NeedsConfirmation)
        {
            _core.DoubtTime();
        }

        result.Name("source");
        result.Value(TimeSource.NameOf(_core.Time.Source));
        return CommandRefusal.None;
    }

    private int WriteHealth(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        _core.WriteHealth(result);
        return CommandRefusal.None;
    }

    private int WriteLog(FlatJson arguments, ByteTextWriter result)
    {
        long from = 0;
        if (arguments.Count > 1 || (arguments.Count == 1 && (!arguments.TryGetInteger("from", out from) || from < 0)))
        {
            return CommandRefusal.BadArgument;
        }

        _core.Log.WriteJson(result, from, LogBytesMax);
        return CommandRefusal.None;
    }

    private int SetLogLevel(FlatJson arguments)
    {
        if (arguments.Count != 1 || !arguments.TryGetInteger("level", out long level))
        {
            return CommandRefusal.BadArgument;
        }

        if (level < LogLevel.Error || level > LogLevel.Trace)
        {
            return CommandRefusal.OutOfRange;
        }

        // Until the next start: the lasting level is the settings document's.
        _core.Log.Level = (int)level;
        return CommandRefusal.None;
    }

    private int Restart(FlatJson arguments)
    {
        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        _core.AskForRestart();
        return CommandRefusal.None;
    }

    /// <summary>Each part that can be tried without harm, and all of them together.</summary>
    private int SelfTest(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        int refusal = _product.SelfTest();
        bool sensor = _product.HasReading && _product.SensorFaults == 0;
        bool storage = _product.IsStoring && _product.RecordsRefused == 0;
        bool time = _core.Time.IsSet;
        result.Name("sensor");
        result.Value(sensor);
        result.Name("storage");
        result.Value(storage);
        result.Name("time");
        result.Value(time);
        result.Name("passed");
        result.Value(sensor && storage && time);
        return refusal;
    }
}
