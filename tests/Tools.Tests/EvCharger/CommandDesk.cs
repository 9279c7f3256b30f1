using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Gives a charge point commands as they come out of a signed message that was checked.</summary>
/// <param name="charger">As it runs now: after a loss of supply there is another desk.</param>
internal sealed class CommandDesk(SimulatedCharger charger)
{
    private readonly ByteTextWriter _result = new(2_048);
    private readonly FlatJson _arguments = new(16, 4);

    /// <summary>What the last command answered, without its braces.</summary>
    public string Answer => Encoding.UTF8.GetString(_result.Bytes, 0, _result.Length);

    /// <summary>Returns a <see cref="CommandRefusal"/>.</summary>
    public int Do(int code, string arguments, int role = CommandRole.Utility)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(arguments);
        Assert.IsTrue(_arguments.TryRead(bytes, 0, bytes.Length), arguments);
        _result.Clear();
        return charger.Firmware.Core.Commands.Execute(code, role, _arguments, _result);
    }
}
