using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Orders;

[TestClass]
public sealed class PostgreSqlOrderTests : OrderSuite<LongPostgreSqlPlace>;
