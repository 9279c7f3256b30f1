using MeterFirmware.Basics;
using MeterFirmware.Calibration;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// The meter's calibration from a record that comes by command or file: checked whole, durable, an event, and then in
/// the sensor without a restart. At a start the newest record goes before what the board's settings say. A record is
/// one piece in flash, so a power cut leaves the old one or the new one. Taking one allocates, as loading a table does.
/// </summary>
public sealed class MeterCalibration
{
    private static readonly string[] _columns =
    {
        "channel", "fromMilliamps", "voltageGain", "currentGain", "powerGain", "powerOffset", "phase", "errorBefore",
        "errorAfter", "rangeGain", "rangeOffset", "rangePhase",
    };

    private readonly MeterRecorder _recorder;
    private readonly ICalibratedSensor _sensor;
    private readonly ProgrammingWindow _programming;
    private readonly RefusalNote _note;
    private readonly int _channels;
    private readonly int _errorMax;
    private readonly bool _takesSimulated;

    /// <param name="recorder">Keeps the records.</param>
    /// <param name="sensor">Takes corrections if it is an <see cref="ICalibratedSensor"/>; otherwise none are
    /// taken.</param>
    /// <param name="channels">The meter's phases.</param>
    /// <param name="errorMillionthsMax">Largest error that a calibration may leave.</param>
    /// <param name="takesSimulated">Whether the meter is itself a simulated one: no other takes a simulated bench's
    /// record.</param>
    /// <param name="programming">A record is taken only while it is open.</param>
    /// <param name="note">Told what was expected.</param>
    public MeterCalibration(MeterRecorder recorder, IPowerSensor sensor, int channels, int errorMillionthsMax,
        bool takesSimulated, ProgrammingWindow programming, RefusalNote note)
    {
        _takesSimulated = takesSimulated;
        _programming = programming;
        _recorder = recorder;
        _sensor = sensor as ICalibratedSensor;
        _channels = channels;
        _errorMax = errorMillionthsMax;
        _note = note;
    }

    /// <summary>A column of <see cref="CalibrationRows"/> in messages and files.</summary>
    public static string NameOf(int column) => _columns[column];

    /// <summary>What was expected of the record that was refused last.</summary>
    public string Expected => _note.Expected;

    /// <summary>Puts the newest record into the sensor, before the first reading. False: there is none, or not for this
    /// sensor; then what the board configured holds.</summary>
    public bool TryLoad()
    {
        if (_sensor == null || _recorder.CalibrationCount == 0)
        {
            return false;
        }

        CalibrationRecord record = new CalibrationRecord();
        return _recorder.TryReadCalibration(1, record) && (_takesSimulated || !record.IsSimulated)
            && FindProblem(record) == null && Use(record);
    }

    /// <summary>The command {"data":"base64…"}, a record as <see cref="CalibrationRecord.Write"/> writes it; answers
    /// its ordinal.
    /// </summary>
    public int Execute(FlatJson arguments, long utcSeconds, ByteTextWriter result)
    {
        byte[] bytes = new byte[CalibrationRecord.PayloadBytesMax];
        if (arguments.Count != 1 || !arguments.TryFind("data", out int data) || arguments.KindOf(data) != JsonKind.Text
            || !arguments.TryGetBase64(data, bytes, 0, out int count))
        {
            return CommandRefusal.BadArgument;
        }

        int refusal = Take(bytes, count, utcSeconds);
        if (refusal == CommandRefusal.None)
        {
            result.Name("ordinal");
            result.Value(_recorder.CalibrationCount);
        }

        return refusal;
    }

    /// <summary>Takes a record; the newest one again is taken and changes nothing.</summary>
    /// <param name="bytes">The record from index 0.</param>
    /// <param name="count">Its length.</param>
    /// <param name="utcSeconds">Now; 0 when the time is not known.</param>
    /// <returns>A <see cref="CommandRefusal"/>; what was expected then stands in the note.</returns>
    public int Take(byte[] bytes, int count, long utcSeconds)
    {
        if (_sensor == null)
        {
            _note.Expected = "a sensor that takes corrections";
            return CommandRefusal.NotSupported;
        }

        CalibrationRecord record = new CalibrationRecord();
        if (!record.TryRead(bytes, 0, count))
        {
            _note.Expected = "a calibration record, whole";
            return CommandRefusal.BadArgument;
        }

        string problem = CalibrationRules.FindProblem(record, _channels, _errorMax, _takesSimulated, utcSeconds);
        problem = problem == null ? FindProblem(record) : problem;
        if (problem == null && IsOlder(record.UtcSeconds))
        {
            problem = "date: not before that of the calibration in force";
        }

        if (problem != null)
        {
            _note.Expected = problem;
            return CommandRefusal.OutOfRange;
        }

        if (_recorder.IsNewestCalibration(bytes, count))
        {
            return CommandRefusal.None;
        }

        if (!_programming.IsOpen)
        {
            _note.Expected = ProgrammingWindow.Expected;
            return CommandRefusal.WrongState;
        }

        if (!_recorder.TryAddCalibration(record))
        {
            return CommandRefusal.StorageFailed;
        }

        Use(record);
        return CommandRefusal.None;
    }

    /// <summary>{"what":"calibration","last":n}, 1 the newest: the whole record.</summary>
    public static int Read(MeterRecorder recorder, FlatJson arguments, ByteTextWriter result)
    {
        long last = 1;
        if (arguments.Count > 2
            || (arguments.Count == 2 && (!arguments.TryGetInteger("last", out last) || last < 1 || last > 1000)))
        {
            return CommandRefusal.BadArgument;
        }

        CalibrationRecord record = new CalibrationRecord();
        if (recorder == null || !recorder.TryReadCalibration((int)last, record))
        {
            return recorder == null ? CommandRefusal.NotSupported : CommandRefusal.OutOfRange;
        }

        result.Name("ordinal");
        result.Value(recorder.CalibrationCount - last + 1);
        result.Name("date");
        result.ValueTime(record.UtcSeconds, 0);
        result.Name("due");
        result.ValueTime(record.DueUtcSeconds, 0);
        WriteText("operator", record.Operator, result);
        WriteText("instrument", record.Instrument, result);
        WriteText("certificate", record.Certificate, result);
        if (record.IsSimulated)
        {
            result.Name("simulated");
            result.Value(true);
        }

        result.Name("uncertaintyMillionths");
        result.Value(record.UncertaintyMillionths);
        result.Name("columns");
        result.BeginArray();
        for (int column = 0; column < CalibrationRows.ColumnCount; column++)
        {
            result.Value(_columns[column]);
        }

        result.EndArray();
        result.Name("rows");
        result.BeginArray();
        for (int row = 0; row < record.RowCount; row++)
        {
            result.BeginArray();
            for (int column = 0; column < CalibrationRows.ColumnCount; column++)
            {
                result.Value(record.Get(row, column));
            }

            result.EndArray();
        }

        result.EndArray();
        return CommandRefusal.None;
    }

    private static void WriteText(string name, byte[] text, ByteTextWriter result)
    {
        result.Name(name);
        result.ValueText(text, 0, text.Length);
    }

    private bool IsOlder(long utcSeconds)
    {
        CalibrationRecord newest = new CalibrationRecord();
        return _recorder.TryReadCalibration(1, newest) && newest.UtcSeconds > utcSeconds;
    }

    private string FindProblem(CalibrationRecord record)
    {
        string problem = null;
        for (int channel = 0; channel < _channels && problem == null; channel++)
        {
            problem = _sensor.FindProblem(record, channel);
        }

        return problem;
    }

    private bool Use(CalibrationRecord record)
    {
        for (int channel = 0; channel < _channels; channel++)
        {
            _sensor.Use(record, channel);
        }

        return true;
    }
}
