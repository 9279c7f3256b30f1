using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Carbon;

[TestClass]
public sealed class PostgreSqlCarbonTests : CarbonSuite<LongPostgreSqlPlace>;
