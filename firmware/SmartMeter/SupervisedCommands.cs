using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Commands that ask the meter about itself; all others go on to the meter's own. Arguments:
/// health {}; log {"from":number of an entry} or {}; log-level {"level":0 to 4}; self-test {}; update: <see cref="ImageReceiver"/>.
/// </summary>
public sealed class SupervisedCommands : ICommandTarget
{
    private const int LogBytesMax = 900;
    private const int TimeMsMax = 10_000;

    private readonly ICommandTarget _next;
    private readonly MeterSupervision _supervision;
    private readonly SmartMeterProduct _product;
    private readonly ImageReceiver _images;

    /// <param name="next">Takes all other commands.</param>
    /// <param name="supervision">Attached.</param>
    /// <param name="product">The meter.</param>
    /// <param name="images">Null: images are refused.</param>
    public SupervisedCommands(ICommandTarget next, MeterSupervision supervision, SmartMeterProduct product, ImageReceiver images)
    {
        _images = images;
        _next = next;
        _supervision = supervision;
        _product = product;
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
                return _images == null ? CommandRefusal.NotSupported : _images.Execute(arguments, result);
            case CommandCode.Time:
                return TakeTime(arguments, result);
            case CommandCode.SelfTest:
                return SelfTest(arguments, result);
            default:
                return _next.Execute(code, role, arguments, result);
        }
    }

    /// <summary>{"utcMilliseconds":n,"next":n,"birth":n}: the head-end's time when it answered that birth. Half of the way
    /// there and back is added; what took longer than ten seconds, or was made for another birth, is no time.</summary>
    private int TakeTime(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 3 || !arguments.TryGetInteger("utcMilliseconds", out long utcMs)
            || !arguments.TryGetInteger("next", out long next) || !arguments.TryGetInteger("birth", out long birth))
        {
            return CommandRefusal.BadArgument;
        }

        if (!_product.Telemetry.IsBirth(next, birth, TimeMsMax, out long ageMs))
        {
            return CommandRefusal.WrongState;
        }

        TimeAnswer answer = _supervision.Time.OfferNow(TimeSource.HeadEnd, utcMs + ageMs / 2);
        if (answer == TimeAnswer.Refused)
        {
            return CommandRefusal.OutOfRange;
        }

        if (answer == TimeAnswer.NeedsConfirmation)
        {
            _supervision.DoubtTime();
        }

        result.Name("source");
        result.Value(TimeSource.NameOf(_supervision.Time.Source));
        return CommandRefusal.None;
    }

    private int WriteHealth(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        _supervision.WriteHealth(result);
        return CommandRefusal.None;
    }

    private int WriteLog(FlatJson arguments, ByteTextWriter result)
    {
        long from = 0;
        if (arguments.Count > 1 || (arguments.Count == 1 && (!arguments.TryGetInteger("from", out from) || from < 0)))
        {
            return CommandRefusal.BadArgument;
        }

        _supervision.Log.WriteJson(result, from, LogBytesMax);
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

        // Until the next start: the lasting level is the configuration's.
        _supervision.Log.Level = (int)level;
        return CommandRefusal.None;
    }

    /// <summary>Each part that can be tried without harm, and all of them together.</summary>
    private int SelfTest(FlatJson arguments, ByteTextWriter result)
    {
        if (arguments.Count != 0)
        {
            return CommandRefusal.BadArgument;
        }

        bool sensor = _product.HasReading && _product.SensorFaults == 0;
        bool storage = _product.IsStoring && _product.RecordsRefused == 0;
        bool time = _supervision.Time.IsSet;
        result.Name("sensor");
        result.Value(sensor);
        result.Name("storage");
        result.Value(storage);
        result.Name("time");
        result.Value(time);
        result.Name("passed");
        result.Value(sensor && storage && time);
        return CommandRefusal.None;
    }
}
