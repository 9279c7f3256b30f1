using System;
using MeterFirmware.Drivers.Ade7880;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Ade9000;
using MeterFirmware.Drivers.Atm90e32;
using MeterFirmware.Drivers.Bl0942;
using MeterFirmware.Drivers.Cse7766;
using MeterFirmware.Drivers.Hlw8012;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.Tests.Support;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>What a driver takes of the heap when it is made; after that it takes nothing (ConservationTests). Bytes of
/// a 64-bit host, whose objects are larger than the device's.</summary>
[TestClass]
public class DriverHeapTests
{
    private const int BytesMax = 1_536;

    private static readonly Ade7880Settings _ade7880 = new Ade7880Settings();
    private static readonly Ade7953Settings _ade7953 = new Ade7953Settings();
    private static readonly Ade9000Settings _ade9000 = new Ade9000Settings();
    private static readonly Atm90e32Settings _atm90e32 = new Atm90e32Settings();
    private static readonly Bl0942Settings _bl0942 = new Bl0942Settings();
    private static readonly Ina219Settings _ina219 = new Ina219Settings();
    private static readonly Cse7766Settings _cse7766 = new Cse7766Settings();
    private static readonly Hlw8012Settings _hlw8012 = new Hlw8012Settings();
    private static object _kept;

    [TestMethod]
    public void ADriverTakesAtMostOneAndAHalfKilobytes()
    {
        AssertFits("ADE7880", new Ade7880Twin(false), bus => new Ade7880PowerSensor(bus, _ade7880));
        AssertFits("ADE7953", new Ade7953Twin(), bus => new Ade7953PowerSensor(bus, _ade7953));
        AssertFits("ADE9000", new Ade9000Twin(), bus => new Ade9000PowerSensor(bus, _ade9000));
        AssertFits("ATM90E32", new Atm90e32Twin(), bus => new Atm90e32PowerSensor(bus, _atm90e32));
        AssertFits("BL0942, SPI", new Bl0942Twin(), bus => new Bl0942PowerSensor(bus, _bl0942));
        AssertFits("INA219", new Ina219Twin(100_000), bus => new Ina219PowerSensor(bus, _ina219));
        Bl0942Twin line = new Bl0942Twin();
        AssertFits("BL0942, UART", line, _ => new Bl0942PowerSensor((ISerialLine)line, _bl0942));
        Cse7766Twin talker = new Cse7766Twin();
        AssertFits("CSE7766", null, _ => new Cse7766PowerSensor(talker, _cse7766));
        Hlw8012Twin pulses = new Hlw8012Twin();
        AssertFits("HLW8012", null, _ => new Hlw8012PowerSensor(pulses.Cf, pulses.Cf1, pulses, _hlw8012));
    }

    /// <summary>The samples of an ADE9000 come on top: a page as it is read, and as it is handed out.</summary>
    [TestMethod]
    public void TheSamplesOfAnAde9000TakeAsMuchAgain()
    {
        Ade9000Settings samples = new Ade9000Settings { TakesSamples = true };
        long with = BytesOf(new Ade9000Twin(), bus => new Ade9000PowerSensor(bus, samples));
        long without = BytesOf(new Ade9000Twin(), bus => new Ade9000PowerSensor(bus, _ade9000));
        Assert.IsTrue(with - without <= BytesMax, "bytes " + (with - without));
        Console.WriteLine("ADE9000's samples: " + (with - without) + " bytes");
    }

    private static void AssertFits(string chip, IRegisterBus bus, Func<IRegisterBus, object> make)
    {
        long bytes = BytesOf(bus, make);
        Assert.IsTrue(bytes > 100 && bytes <= BytesMax, chip + ": bytes " + bytes);
        Console.WriteLine(chip + ": " + bytes + " bytes");
    }

    private static long BytesOf(IRegisterBus bus, Func<IRegisterBus, object> make) => Allocation.Least(() =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _kept = make(bus);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
