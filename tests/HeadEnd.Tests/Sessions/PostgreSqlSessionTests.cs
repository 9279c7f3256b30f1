using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Sessions;

[TestClass]
public sealed class PostgreSqlSessionTests : SessionSuite<LongPostgreSqlPlace>;
