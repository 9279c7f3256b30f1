using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Fleets;

[TestClass]
public sealed class PostgreSqlCustomerTests : CustomerSuite<LongPostgreSqlPlace>;
