using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Alarms;

[TestClass]
public sealed class PostgreSqlEventAlarmTests : EventAlarmSuite<LongPostgreSqlPlace>;
