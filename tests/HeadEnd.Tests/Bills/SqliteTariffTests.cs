using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Bills;

[TestClass]
public sealed class SqliteTariffTests : TariffSuite<SqlitePlace>;
