using System;
using System.Device.Gpio;
using MeterFirmware.Boards.Device;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>The contactor's drive, its mirror contact, the relay that takes two poles out, and the shunt trip. Starts
/// open. Polarity is chosen so that a torn wire is the safe reading: feedback low = a mirror contact that closes only
/// when the contactor is open.</summary>
public sealed class GpioContactor : IContactor
{
    private readonly OutputPin _coil;
    private readonly GpioPin _mirror;
    private readonly OutputPin _threePhases;
    private readonly OutputPin _trip;

    /// <param name="gpio">The board's one controller.</param>
    /// <param name="coilPin">High pulls, when trip contact and tick-alive circuit let it.</param>
    /// <param name="mirrorPin">Pulled up; the mirror contact pulls it low while the contactor is open.</param>
    /// <param name="threePhasesPin">High lets poles 2 and 3 close too; −1: single-phase station.</param>
    /// <param name="tripPin">High fires the shunt trip; −1: none is fitted.</param>
    public GpioContactor(GpioController gpio, int coilPin, int mirrorPin, int threePhasesPin, int tripPin)
    {
        _coil = new OutputPin(gpio, coilPin, false);
        _mirror = gpio.OpenPin(mirrorPin, PinMode.InputPullUp);
        _threePhases = threePhasesPin < 0 ? null : new OutputPin(gpio, threePhasesPin, true);
        _trip = tripPin < 0 ? null : new OutputPin(gpio, tripPin, false);
    }

    public bool TrySet(bool closed)
    {
        try
        {
            _coil.Set(closed);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = (int)_mirror.Read() != 0;
        return true;
    }

    public bool TrySetPhaseCount(int phaseCount)
    {
        if (_threePhases == null)
        {
            return phaseCount == 1;
        }

        _threePhases.Set(phaseCount == 3);
        return true;
    }

    public void TripUpstream() => _trip?.Set(true);
}
