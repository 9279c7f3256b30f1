using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Campaigns;

[TestClass]
public sealed class PostgreSqlCampaignTests : CampaignSuite<LongPostgreSqlPlace>;
