using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.PostgreSql;
using Npgsql;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A database of its own on the tests' server.</summary>
public sealed class PostgreSqlPlace : StorePlace
{
    private readonly PostgreSqlServer _server = PostgreSqlServer.SharedOrSkip();

    public PostgreSqlPlace() => Source = _server.NewDatabase();

    /// <summary>Connects to it.</summary>
    public string Source { get; private set; }

    /// <summary>Restores a copy into a new database, which takes the place of this one.</summary>
    public void Restore(string copy)
    {
        NpgsqlConnection.ClearAllPools();
        _server.Drop(Source);
        Source = _server.NewDatabase();
        _server.Restore(Source, copy);
    }

    public override IHeadEndStore Open() => new PostgreSqlStore(Source);

    public override void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _server.Drop(Source);
    }
}
