using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Holds the load limit that was lowered by command: import above it for a minute opens the load relay, which then
/// stays open until it is closed by command. At the ceiling it does nothing: there the installation's own breaker is
/// the limit.
/// </summary>
public sealed class LoadLimiter
{
    /// <summary>Shorter loads pass: motors start, and a meter's overload events wait as long
    /// (EventThresholds).</summary>
    public const int HoldMs = 60_000;

    private const long Never = -1;

    private readonly SmartMeterProduct _product;
    private readonly IRelay _relay;
    private readonly SafetyLimit _limit;
    private readonly int _phaseCount;
    private long _overSinceMs = Never;

    /// <param name="product">Ticked first.</param>
    /// <param name="relay">Opened through the product, which keeps that it is.</param>
    /// <param name="limit">In W, the sum of all phases.</param>
    /// <param name="phaseCount">1 to 3.</param>
    public LoadLimiter(SmartMeterProduct product, IRelay relay, SafetyLimit limit, int phaseCount)
    {
        _relay = relay;
        _product = product;
        _limit = limit;
        _phaseCount = phaseCount;
    }

    /// <summary>After the product's tick.</summary>
    public void Tick(long nowMs)
    {
        // Without a reading nothing is known: neither that it goes on nor that it ended. Open already: current behind
        // an open relay is a fault that the events tell, not one more opening.
        if (!_product.HasReading || !_relay.IsClosed)
        {
            return;
        }

        long milliwatts = 0;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            milliwatts += _product.Reading.ActivePowerMilliwatts[phase];
        }

        if (_limit.Value == _limit.Commissioned || milliwatts <= _limit.Value * 1000L)
        {
            _overSinceMs = Never;
        }
        else if (_overSinceMs == Never)
        {
            _overSinceMs = nowMs;
        }
        else if (nowMs - _overSinceMs >= HoldMs)
        {
            _overSinceMs = Never;
            _product.Note(EventCode.LoadLimited, milliwatts / 1000);
            _product.TrySetRelay(false);
        }
    }
}
