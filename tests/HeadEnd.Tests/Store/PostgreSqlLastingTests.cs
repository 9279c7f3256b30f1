using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

[TestClass]
public sealed class PostgreSqlLastingTests : LastingSuite<LongPostgreSqlPlace>;
