using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>Whose limit a command sets: the sender's own, or the one that the utility names by {"role":…}.</summary>
public static class LimitOwner
{
    /// <summary>Finds the role. False: a name that is none, or named by another than the utility.</summary>
    /// <param name="arguments">The command's.</param>
    /// <param name="sender">Who signed.</param>
    /// <param name="owner">Whose limit it is.</param>
    /// <param name="named">How many arguments said so, 0 or 1.</param>
    /// <param name="refusal">Why not.</param>
    public static bool TryFind(FlatJson arguments, int sender, out int owner, out int named, out int refusal)
    {
        owner = sender;
        named = 0;
        refusal = CommandRefusal.None;
        if (!arguments.TryFind("role", out int member))
        {
            return true;
        }

        named = 1;
        for (int role = 0; role < CommandRole.Count; role++)
        {
            if (arguments.TextEquals(member, CommandRole.NameOf(role)))
            {
                owner = role;
                refusal = role == sender || sender == CommandRole.Utility
                    ? CommandRefusal.None : CommandRefusal.RoleNotAllowed;
                return refusal == CommandRefusal.None;
            }
        }

        refusal = CommandRefusal.UnknownRole;
        return false;
    }
}
