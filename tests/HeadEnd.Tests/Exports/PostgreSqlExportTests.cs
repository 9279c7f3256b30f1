using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Exports;

[TestClass]
public sealed class PostgreSqlExportTests : ExportSuite<LongPostgreSqlPlace>;
