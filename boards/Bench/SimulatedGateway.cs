using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Bench;

/// <summary>
/// A gateway to a vehicle that can give back: what the vehicle says is set by hand or by the vehicle itself, what the
/// charger tells it moves the vehicle. Lets go by itself when nobody held it for a second.
/// </summary>
public sealed class SimulatedGateway : IBidirectionalSupply
{
    private const int LetGoMs = 1_000;

    private long _nowMs;
    private long _heldAtMs = -LetGoMs;
    private bool _isHeld;
    private int _watts;

    /// <summary>The vehicle and its driver allow giving back.</summary>
    public bool Permits { get; set; } = true;

    /// <summary>False: no vehicle that speaks.</summary>
    public bool IsThere { get; set; } = true;

    /// <summary>The vehicle's battery.</summary>
    public int StoredPermille { get; set; }

    public int CapacityWattHours { get; set; } = 60_000;

    /// <summary>The vehicle follows the charger's power, not the pilot.</summary>
    public bool IsHeld => _isHeld && _nowMs - _heldAtMs < LetGoMs;

    /// <summary>What it is told to give back, W.</summary>
    public int DischargeWatts => IsHeld ? _watts : 0;

    public void Advance(long nowMs) => _nowMs = nowMs;

    public bool TryRead(out bool permitsDischarge, out int storedPermille, out int capacityWattHours)
    {
        permitsDischarge = Permits;
        storedPermille = StoredPermille;
        capacityWattHours = CapacityWattHours;
        return IsThere;
    }

    public bool TryHold(bool isHeld, int dischargeWatts)
    {
        _isHeld = isHeld;
        _watts = dischargeWatts;
        _heldAtMs = _nowMs;
        return IsThere;
    }
}
