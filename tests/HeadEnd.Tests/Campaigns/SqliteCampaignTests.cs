using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Campaigns;

[TestClass]
public sealed class SqliteCampaignTests : CampaignSuite<SqlitePlace>;
