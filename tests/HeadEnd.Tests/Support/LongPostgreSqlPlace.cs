using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A database for the suites that run on SQLite in every run, and on PostgreSQL with METER_LONG.</summary>
public sealed class LongPostgreSqlPlace : StorePlace
{
    private readonly PostgreSqlPlace _place = MakeOrSkip();

    public override IHeadEndStore Open() => _place.Open();

    public void Restore(string copy) => _place.Restore(copy);

    public override void Dispose() => _place.Dispose();

    private static PostgreSqlPlace MakeOrSkip()
    {
        LongRun.AskedOrSkip();
        return new PostgreSqlPlace();
    }
}
