using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>The product behind the commands: called only for what is authentic, fresh, in time and allowed.</summary>
public interface ICommandTarget
{
    /// <summary>Carries a command out, wholly or not at all. Never blocks, never throws on what the arguments
    /// hold.</summary>
    /// <param name="code">One of <see cref="CommandCode"/>.</param>
    /// <param name="role">One of <see cref="CommandRole"/>.</param>
    /// <param name="arguments">The members of "arguments"; none when it is missing.</param>
    /// <param name="result">Open JSON object "result": write members, or nothing.</param>
    /// <returns>A <see cref="CommandRefusal"/>; None when it is done. After a refusal what was written is
    /// dropped.</returns>
    int Execute(int code, int role, FlatJson arguments, ByteTextWriter result);
}
