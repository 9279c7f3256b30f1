using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Firmware.Tests.Telemetry;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>A vehicle on the controller's bench that reads the duty and draws,
/// over a line that sags under its load.</summary>
internal sealed class DrawingVehicle
{
    private const int ReactMs = 1_200;
    private const int RampMilliampsPerMs = 4;

    public readonly ControllerBench Bench;

    /// <summary>Draws so much more than it is told, and never more than its own limit.</summary>
    public int AddedMilliamps;
    public int MilliampsMax = 32_000;

    /// <summary>Draws its limit whatever it is told.</summary>
    public bool IgnoresTheDuty;
    public int MainsMillivolts = 230_000;
    public int LineMilliohms;

    public int Closings;
    public int Milliamps;
    public long MilliampHours => _milliampMs / 3_600_000;

    private long _milliampMs;
    private int _offeredMs;
    private int _endedMs;
    private bool _isReady;

    public DrawingVehicle(ChargingStandard standard)
    {
        Bench = new ControllerBench(standard);
        Bench.Run(100);
    }

    public void Run(int milliseconds, int tickMs)
    {
        for (int ms = 0; ms < milliseconds; ms += tickMs)
        {
            Tick(tickMs);
        }
    }

    public void Unplug(int milliseconds)
    {
        Draw(0);
        _isReady = false;
        _offeredMs = 0;
        Bench.Inputs.HighMillivolts = 12_000;
        Bench.Run(milliseconds);
    }

    private void Tick(int tickMs)
    {
        ChargeState state = Bench.Controller.State;
        int told = PilotDuty.ToMilliamps(Bench.Settings.Standard, state.DutyHundredths);
        _offeredMs = told > 0 ? _offeredMs + tickMs : 0;
        _endedMs = told > 0 ? 0 : _endedMs + tickMs;
        _isReady = _offeredMs >= ReactMs || (_isReady && _endedMs > 0 && _endedMs < ReactMs);
        Bench.Inputs.HighMillivolts = _isReady ? 6_000 : 9_000;
        int wanted = IgnoresTheDuty ? MilliampsMax : told + AddedMilliamps;
        wanted = wanted < MilliampsMax ? wanted : MilliampsMax;
        int risen = Milliamps + RampMilliampsPerMs * tickMs;
        Draw(!state.IsClosed || !_isReady ? 0 : wanted < risen ? wanted : risen);
        _milliampMs += (long)Milliamps * tickMs;
        bool wasClosed = state.IsClosed;
        Bench.Tick(tickMs);
        Closings += state.IsClosed && !wasClosed ? 1 : 0;
    }

    private void Draw(int milliamps)
    {
        Milliamps = milliamps;
        for (int phase = 0; phase < ChargeInputs.PhaseCountMax; phase++)
        {
            Bench.Inputs.CurrentMilliamps[phase] = milliamps;
            Bench.Inputs.VoltageMillivolts[phase] = MainsMillivolts - (int)((long)milliamps * LineMilliohms / 1_000);
        }
    }
}
