namespace MeterFirmware.Tools.HeadEnds.Web.Demo;

/// <summary>What a transformer gives to its area: all homes and what is lost on the way.</summary>
/// <param name="homes">Power by local second, mW; it changes with the minute.</param>
/// <param name="lossPermille">Lost, in thousandths of what the homes draw.</param>
internal sealed class AreaSupply(IReadOnlyList<Func<long, int>> homes, int lossPermille)
{
    private const int SecondsAMinute = 60;
    private const int Permille = 1_000;

    private long _minute = -1;
    private int _milliwatts;

    /// <summary>Power in mW; called by one meter's thread.</summary>
    public int MilliwattsAt(long localSeconds)
    {
        long minute = localSeconds / SecondsAMinute;
        if (minute != _minute)
        {
            long sum = homes.Sum(home => (long)home(localSeconds));
            _milliwatts = (int)(sum + Math.Abs(sum) * lossPermille / Permille);
            _minute = minute;
        }

        return _milliwatts;
    }
}
