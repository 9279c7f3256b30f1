using Microsoft.VisualStudio.TestTools.UnitTesting;

[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>What is started once for all tests ends with them.</summary>
[TestClass]
public static class TestRun
{
    [AssemblyCleanup]
    public static void Stop() => PostgreSqlServer.StopShared();
}
