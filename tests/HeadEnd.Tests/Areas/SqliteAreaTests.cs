using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Areas;

[TestClass]
public sealed class SqliteAreaTests : AreaSuite<SqlitePlace>;
