namespace MeterFirmware.Tools.HeadEnds.PostgreSql;

/// <summary>Another head-end stores into this database; this one has to wait until it is gone.</summary>
public sealed class IntakeTakenException(string database)
    : Exception($"another head-end stores into the database {database}");
