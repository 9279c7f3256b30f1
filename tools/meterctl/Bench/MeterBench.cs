using MeterFirmware.Basics;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>
/// A simulated test bench: a source that sets voltage, current and phase, the ADE7953's twin with the errors of its
/// board, the firmware's driver and registers. The true energy is the source's.
/// </summary>
public sealed class MeterBench(BenchOptions options, TariffTable tariff)
{
    /// <summary>Energy of one count of the chip in µJ: so many of them make the resolution of an error.</summary>
    private const double MicrojoulesPerCount = 152_605.285;
    private const double CountsWanted = 50_000;
    private const int StartSeconds = 3;

    /// <summary>PF 1, 0.5 inductive, 0.8 capacitive: name, cos, sin (inductive positive).</summary>
    public static IReadOnlyList<(string Name, double Cos, double Sin)> PowerFactors { get; } =
        [("1", 1, 0), ("0.5 ind.", 0.5, Math.Sqrt(0.75)), ("0.8 cap.", 0.8, -0.6)];

    /// <summary>Every load point of the class.</summary>
    public IReadOnlyList<BenchPoint> Run(AccuracyClass accuracyClass, Ade7953Settings calibration)
    {
        List<BenchPoint> points = [];
        foreach ((string name, double cos, double sin) in PowerFactors)
        {
            foreach (double current in accuracyClass.Currents(options.MaximumAmps / options.BaseAmps))
            {
                if (accuracyClass.LimitPercent(current, cos == 1) is double limit)
                {
                    double amps = current * options.BaseAmps;
                    points.Add(new BenchPoint(amps, name, ErrorPercent(amps, cos, sin, calibration), limit));
                }
            }
        }

        return points;
    }

    /// <summary>Error of the registered energy at one load point, in percent.</summary>
    public double ErrorPercent(double amps, double cos, double sin, Ade7953Settings calibration)
    {
        double watts = options.Volts * amps * cos;
        int seconds = Math.Max(20, (int)Math.Ceiling(CountsWanted * MicrojoulesPerCount / 1e6 / watts));
        (long registered, long truth, _, _, _) = Measure(options.Volts, amps, cos, sin, seconds, calibration);
        return (registered - truth) * 100.0 / truth;
    }

    /// <summary>Starting current at PF 1: pulses until the time for <see cref="AccuracyClass.StartPulses"/> is
    /// over.</summary>
    public BenchTest Starts(AccuracyClass accuracyClass, Ade7953Settings calibration)
    {
        double amps = accuracyClass.StartOfIb * options.BaseAmps;
        double seconds = AccuracyClass.StartTimeRatio * AccuracyClass.StartPulses
            * accuracyClass.StartPulseSeconds(options.Volts, options.BaseAmps, options.PulsesPerKwh);
        long pulses = Measure(options.Volts, amps, 1, 0, (int)Math.Ceiling(seconds), calibration).Pulses;
        return new BenchTest(options.Volts, amps, seconds, pulses, pulses >= AccuracyClass.StartPulses);
    }

    /// <summary>No load at 115 % of the voltage: pulses in the class's minimum time.</summary>
    public BenchTest StandsStill(AccuracyClass accuracyClass, Ade7953Settings calibration)
    {
        double volts = options.Volts * AccuracyClass.NoLoadVoltageRatio;
        double seconds = accuracyClass.NoLoadSeconds(options.Volts, options.BaseAmps, options.MaximumAmps,
            options.PulsesPerKwh);
        long pulses = Measure(volts, 0, 1, 0, (int)Math.Ceiling(seconds), calibration).Pulses;
        return new BenchTest(volts, 0, seconds, pulses, pulses <= AccuracyClass.NoLoadPulsesMax);
    }

    /// <summary>Meter constant at Imax: pulses against what the register moved (IEC 62053-21:2003, 8.4).</summary>
    public BenchTest Constant(Ade7953Settings calibration)
    {
        const int Seconds = 600;
        (long registered, _, long pulses, _, _) = Measure(options.Volts, options.MaximumAmps, 1, 0, Seconds,
            calibration);
        double due = registered / 3.6e12 * options.PulsesPerKwh;
        return new BenchTest(options.Volts, options.MaximumAmps, Seconds, pulses, Math.Abs(pulses - due) <= 1);
    }

    /// <summary>What the meter counts with voltage and no current, W.</summary>
    public double WattsWithoutCurrent(Ade7953Settings calibration)
    {
        const int Seconds = 600;

        // Below its no-load threshold the chip would count nothing, and an offset would stay.
        int threshold = calibration.NoLoadMilliwatts;
        calibration.NoLoadMilliwatts = Ade7953Settings.NoLoadOff;
        (long registered, _, _, _, long milliseconds) = Measure(options.Volts, 0, 1, 0, Seconds, calibration);
        calibration.NoLoadMilliwatts = threshold;
        return registered / (milliseconds * 1000.0);
    }

    /// <summary>The last reading at a load point: what the meter shows beside the reference.</summary>
    public Measurement Read(double amps, double cos, double sin, Ade7953Settings calibration) =>
        Measure(options.Volts, amps, cos, sin, 20, calibration).Reading;

    private (long Registered, long True, long Pulses, Measurement Reading, long Milliseconds) Measure(
        double volts, double amps, double cos, double sin, int seconds, Ade7953Settings calibration)
    {
        int millivolts = (int)Math.Round(volts * 1000);
        int milliamps = (int)Math.Round(amps * 1000);
        int milliwatts = (int)Math.Round(volts * amps * cos * 1000);
        int millivars = (int)Math.Round(volts * amps * sin * 1000);
        Ade7953Twin twin = new()
        {
            VoltageErrorMillionths = options.VoltageErrorPpm,
            CurrentErrorMillionths = options.CurrentErrorPpm,
            PhaseErrorMicroradians = options.PhaseErrorMicroradians,
            ActivePowerErrorMilliwatts = options.PowerErrorMilliwatts,
            TransformerErrorMillionths = options.TransformerErrorPpm,
            TransformerPhaseMicroradians = options.TransformerPhaseMicroradians,
        };
        Ade7953PowerSensor sensor = new(twin, calibration);
        Meter meter = new(new MeteringSettings(), tariff, new NoSink());
        Measurement reading = new();
        PulseOutput pulse = new(new NoRelay(), options.PulsesPerKwh, 1);
        pulse.Attach(meter);
        twin.SetLoad(millivolts, milliamps, milliwatts, millivars, 50_000);
        long milliseconds = 0;
        for (long now = 1000; now <= (seconds + StartSeconds) * 1000L; now += 1000)
        {
            twin.Advance(1000);
            bool wasStarted = meter.UtcMs != 0;
            if (sensor.TryRead(now, reading))
            {
                meter.Accept(now, true, 1_767_196_800_000 + now, reading);
                pulse.Tick(now);
                milliseconds += wasStarted ? 1000 : 0;
            }
        }

        EnergyRegisters registers = meter.Registers;
        long registered = registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour
            + registers.TotalRemainder(EnergyKind.Import)
            - registers.TotalWattHours(EnergyKind.Export) * Scaling.MicrojoulesPerWattHour
            - registers.TotalRemainder(EnergyKind.Export);

        // What waits would have come out between the readings: the bench reads once a second.
        return (registered, milliseconds * milliwatts, pulse.Pulses + pulse.Waiting, reading, milliseconds);
    }

    private sealed class NoRelay : IRelay
    {
        public bool IsClosed { get; private set; }

        public bool TrySet(bool closed)
        {
            IsClosed = closed;
            return true;
        }

        public bool TryReadFeedback(out bool closed)
        {
            closed = IsClosed;
            return true;
        }
    }

    private sealed class NoSink : IMeterSink
    {
        public void OnInterval(IntervalRecord record)
        {
        }

        public void OnClockStep(long fromUtcMs, long toUtcMs)
        {
        }

        public void OnTableSwitch(int parts)
        {
        }

        public void OnDayEnd(long utcSeconds)
        {
        }

        public void OnGrid(long utcSeconds)
        {
        }

        public void OnFault(int fault, bool raised, long utcSeconds)
        {
        }
    }
}
