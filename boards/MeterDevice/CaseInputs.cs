using System.Device.Gpio;
using MeterFirmware.History;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>
/// The contacts of the meter's case, each closed to ground while all is well: cover and terminal cover shut, no magnet
/// at the reed contact (normally closed). A cut wire therefore reads as an event. The recorder delays and logs them.
/// </summary>
public sealed class CaseInputs
{
    private readonly GpioPin _cover;
    private readonly GpioPin _terminalCover;
    private readonly GpioPin _magnet;

    /// <param name="coverPin">Pull-up; so are the others.</param>
    public CaseInputs(GpioController gpio, int coverPin, int terminalCoverPin, int magnetPin)
    {
        _cover = gpio.OpenPin(coverPin, PinMode.InputPullUp);
        _terminalCover = gpio.OpenPin(terminalCoverPin, PinMode.InputPullUp);
        _magnet = gpio.OpenPin(magnetPin, PinMode.InputPullUp);
    }

    /// <summary>Bits of <see cref="MeterInput"/>.</summary>
    public int Read()
    {
        return ((int)_cover.Read() != 0 ? MeterInput.CoverOpen : 0)
            | ((int)_terminalCover.Read() != 0 ? MeterInput.TerminalCoverOpen : 0)
            | ((int)_magnet.Read() != 0 ? MeterInput.MagneticField : 0);
    }
}
