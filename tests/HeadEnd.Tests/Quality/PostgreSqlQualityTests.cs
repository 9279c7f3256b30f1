using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Quality;

[TestClass]
public sealed class PostgreSqlQualityTests : QualitySuite<LongPostgreSqlPlace>;
