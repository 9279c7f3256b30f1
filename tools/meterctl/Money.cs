using System.Globalization;

namespace MeterFirmware.Tools.MeterCtl;

/// <summary>Money as the command line prints it: ten-thousandths of the currency with four places.</summary>
public static class Money
{
    public static string Text(long tenThousandths) =>
        (tenThousandths / 10_000m).ToString("0.0000", CultureInfo.InvariantCulture);
}
