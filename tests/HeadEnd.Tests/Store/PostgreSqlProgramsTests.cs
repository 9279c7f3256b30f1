using MeterFirmware.Tools.HeadEnds.PostgreSql;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>pg_dump connects as the head-end itself does.</summary>
[TestClass]
public sealed class PostgreSqlProgramsTests
{
    [TestMethod]
    [DataRow("SSL Mode=VerifyFull;Root Certificate=/ca.pem", "PGSSLMODE", "verify-full")]
    [DataRow("SSL Mode=VerifyCA", "PGSSLMODE", "verify-ca")]
    [DataRow("SSL Mode=Require", "PGSSLMODE", "require")]
    [DataRow("SSL Mode=Disable", "PGSSLMODE", "disable")]
    [DataRow("", "PGSSLMODE", "prefer")]
    [DataRow("Root Certificate=/ca.pem", "PGSSLROOTCERT", "/ca.pem")]
    [DataRow("SSL Certificate=/me.pem;SSL Key=/me.key", "PGSSLCERT", "/me.pem")]
    [DataRow("SSL Certificate=/me.pem;SSL Key=/me.key", "PGSSLKEY", "/me.key")]
    [DataRow("Passfile=/pass", "PGPASSFILE", "/pass")]
    [DataRow("Password=secret", "PGPASSWORD", "secret")]
    [DataRow("Port=6543", "PGPORT", "6543")]
    public void ItsProgramsHaveTheConnectionsOwnSettings(string more, string name, string value) => Assert.AreEqual(
        value, PostgreSqlPrograms.EnvironmentOf($"Host=db;Database=meters;Username=headend;{more}")[name]);

    [TestMethod]
    public void WhatAConnectionDoesNotNameIsLeftToTheirOwnDefaults() => Assert.IsFalse(
        PostgreSqlPrograms.EnvironmentOf("Host=db;Database=meters").ContainsKey("PGSSLROOTCERT"));
}
