using System;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Drivers.PhaseGroup;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.Tests.Support;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>Host only: nothing is allocated after construction, faults and recovery included.</summary>
[TestClass]
public class AllocationTests
{
    [TestMethod]
    public void Ade7953AndItsTwinAllocateNothing()
    {
        Ade7953Twin twin = new Ade7953Twin();
        Ade7953PowerSensor sensor = new Ade7953PowerSensor(twin, new Ade7953Settings());
        AssertNoAllocation(sensor, now => Disturb(twin, now));
    }

    [TestMethod]
    public void CorrectionByRangeOfCurrentAllocatesNothing()
    {
        Ade7953Twin twin = new Ade7953Twin();
        Ade7953Settings settings = new Ade7953Settings();
        settings.Ranges = CurrentRangeTable.Parse("0,900,-20,3000;1000,100,0,500;10000,0,0,-9", out _);
        AssertNoAllocation(new Ade7953PowerSensor(twin, settings), now => Disturb(twin, now));
    }

    [TestMethod]
    public void Ina219AndItsTwinAllocateNothing()
    {
        Ina219Twin twin = new Ina219Twin(100_000);
        Ina219PowerSensor sensor = new Ina219PowerSensor(twin, new Ina219Settings());
        AssertNoAllocation(sensor, now =>
        {
            twin.SetLoad(12_000, (int)(now / 1000 % 3000));
            twin.SetFaults(now % 100_000 < 5_000 ? TwinFault.Unplugged : TwinFault.None);
            if (now % 70_000 == 0)
            {
                twin.Reset();
            }

            twin.Advance(1000);
        });
    }

    [TestMethod]
    public void PhaseGroupAllocatesNothing()
    {
        Ade7953Twin[] twins = new Ade7953Twin[3];
        IPowerSensor[] sensors = new IPowerSensor[3];
        for (int i = 0; i < 3; i++)
        {
            twins[i] = new Ade7953Twin();
            sensors[i] = new Ade7953PowerSensor(twins[i], new Ade7953Settings());
        }

        AssertNoAllocation(new PhaseGroupPowerSensor(sensors), now =>
        {
            for (int i = 0; i < 3; i++)
            {
                Disturb(twins[i], now + i * 7_000);
            }
        });
    }

    private static void Disturb(Ade7953Twin twin, long now)
    {
        twin.SetLoad(230_000, (int)(now / 1000 % 60_000), (int)(now % 10_000_000) - 5_000_000, 1_000, 50_000);
        twin.SetFaults(now % 100_000 < 5_000 ? TwinFault.Unplugged
            : now % 90_000 < 3_000 ? TwinFault.AllOnes : TwinFault.None);
        if (now % 70_000 == 0)
        {
            twin.Reset();
        }

        twin.Advance(1000);
    }

    private static void AssertNoAllocation(IPowerSensor sensor, Action<long> passSecond)
    {
        Measurement measurement = new Measurement();
        long now = 0;
        int read = 0;
        int good = 0;
        Allocation.AssertNone(() =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                now += 1000;
                passSecond(now);
                read++;
                good += sensor.TryRead(now, measurement) ? 1 : 0;
            }
        });
        Assert.IsTrue(good > read / 2, "only " + good + " good readings of " + read + ": the run tests nothing");
    }
}
