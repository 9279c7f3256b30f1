using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>Old records that cannot be removed, and months that cannot be, cost no new record.</summary>
[TestClass]
public sealed class RetentionFailureTests
{
    [TestMethod]
    public async Task AStoreThatCannotRemoveOldRecordsStillTakesNewOnesIn()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        using UnremovableStore store = new(new SqliteStore(null));
        List<string> said = [];
        await using HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = mqtt => mqtt.WithTcpServer("127.0.0.1", broker.Port),
            Store = store,
            RetentionMonths = 1_200,
            Log = line =>
            {
                lock (said)
                {
                    said.Add(line);
                }
            },
        });
        headEnd.Start();
        Until.True(() => headEnd.IsReady, "subscribed");
        using TestDevice device = await TestDevice.ConnectAsync("m1", broker.Port);
        await device.RecordAsync(1, 0);
        Until.True(() => device.AcknowledgedUpTo == 1, "the first is stored");
        await device.RecordAsync(2, 1);
        Until.True(() => device.AcknowledgedUpTo == 2, "the second is stored");
        Assert.AreEqual(0, headEnd.Counters.DeliveredAgain);
        lock (said)
        {
            Assert.IsTrue(said.Any(line => line.Contains(UnremovableStore.Why, StringComparison.Ordinal)));
        }
    }

    // Below 0 the first month that is kept lies ahead: everything would be acknowledged and thrown away.
    [TestMethod]
    [DataRow(-1)]
    [DataRow(1_201)]
    public void MonthsThatCannotBeAreRefused(int months) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new HeadEnd(new HeadEndOptions
        {
            Configure = mqtt => mqtt.WithTcpServer("127.0.0.1", 1),
            RetentionMonths = months,
        }));
}
