using System.Numerics;

namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>Bounds of an option's number.</summary>
internal static class OptionRange
{
    /// <summary>The value; <see cref="InputException"/> that names the option and its bounds when it is
    /// outside.</summary>
    public static T Within<T>(string option, T value, T least, T most)
        where T : INumber<T> => value >= least && value <= most ? value
            : throw new InputException(FormattableString.Invariant(
                $"{option}: {value}: {least} to {most} was expected"));
}
