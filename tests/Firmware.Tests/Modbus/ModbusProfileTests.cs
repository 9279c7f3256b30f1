using MeterFirmware.Modbus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Modbus;

[TestClass]
public class ModbusProfileTests
{
    [TestMethod]
    public void AFileBecomesBlocksAndPoints()
    {
        ModbusProfileReader reader = new ModbusProfileReader();
        ModbusProfile profile = reader.Read(
            "# remark\r\nname a-b   # w\r\ntitle A very long title of a meter with far more than ten words in it\r\n" +
            "line 19200 even\r\nfunction 4\r\norder low\r\nvoid\r\nrest 60\r\nread 0x10 8 every 10\r\n" +
            "voltage 1-3 0x10 u16 0.1 V\r\nactive 0 0x14 i32 -0.001 kW scale 0x17\r\n");
        Assert.AreEqual("", reader.Error);
        Assert.AreEqual("a-b", profile.Name);
        Assert.AreEqual("A very long title of a meter with far more than ten words in it", profile.Title);
        Assert.AreEqual(19_200, profile.Baud);
        Assert.AreEqual(2, profile.Parity);
        Assert.AreEqual(60, profile.RestMs);
        Assert.IsTrue(profile.IsLowFirst && profile.HasVoid && !profile.NeedsConfirmation);
        Assert.AreEqual(1, profile.BlockCount);
        Assert.AreEqual(10, profile.BlockSeconds(0));
        Assert.AreEqual(4, profile.PointCount);
        Assert.AreEqual(0x12, profile.AddressOf(2));
        Assert.AreEqual(100, profile.MultiplierOf(2));
        Assert.AreEqual(-1_000, profile.MultiplierOf(3));
        Assert.AreEqual(0x17, profile.ScaleAddressOf(3));
    }

    [TestMethod]
    [DataRow("name x\nread 0 2\nvolts 1 0 f32 1 V", 3, "no word")]
    [DataRow("name x\nvoltage 1 0 f32 1 V", 2, "no 'read'")]
    [DataRow("name x\nread 0 1\nvoltage 1 0 f32 1 V", 3, "no 'read'")]
    [DataRow("name x\nread 0 126", 2, "read:")]
    [DataRow("name x\nread 0 2\nvoltage 4 0 f32 1 V", 3, "phase:")]
    [DataRow("name x\nread 0 2\nvoltage 1 0 f16 1 V", 3, "type:")]
    [DataRow("name x\nread 0 2\nvoltage 1 0 f32 1 A", 3, "scale and unit")]
    [DataRow("name x\nread 0 2\nvoltage 1 0 f32 0.00001 V", 3, "scale and unit")]
    [DataRow("name x\nread 0 2\nvoltage 1 0 f32 0 V", 3, "scale and unit")]
    [DataRow("name x\nread 0 2\nvoltage 1 0 f32 1 V scale", 3, "'scale' or 'step'")]
    [DataRow("name x\nread 0 2\nvoltage 1 0x f32 1 V", 3, "address")]
    [DataRow("name x\nfunction 5", 2, "function:")]
    [DataRow("name x\nphases 2", 2, "phases:")]
    [DataRow("name x\nline 9600", 2, "line:")]
    [DataRow("read 0 2\nvoltage 1 0 f32 1 V", 3, "no 'name'")]
    [DataRow("name x", 2, "no row")]
    public void TheFirstFaultIsToldWithItsLineAndGivesNoProfile(string text, int line, string error)
    {
        ModbusProfileReader reader = new ModbusProfileReader();
        Assert.IsNull(reader.Read(text));
        Assert.AreEqual(line, reader.ErrorLine);
        Assert.IsTrue(reader.Error.IndexOf(error) >= 0, reader.Error);
    }
}
