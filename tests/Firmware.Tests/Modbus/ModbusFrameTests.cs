using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Modbus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Modbus;

[TestClass]
public class ModbusFrameTests
{
    [TestMethod]
    [DataRow("01 04 00 00 00 02", "71 CB")]
    [DataRow("01 04 00 34 00 02", "30 05")]
    [DataRow("01 03 20 00 00 02", "CF CB")]
    [DataRow("01 03 20 12 00 02", "6F CE")]
    [DataRow("01 04 00 48 00 02", "F1 DD")]
    [DataRow("01 84 02", "C2 C1")]
    [DataRow("01 83 02", "C0 F1")]
    [DataRow("01 03 00 00 00 7D", "85 EB")]
    [DataRow("01 04 04 43 66 80 00", "6F DF")]
    [DataRow("01 04 04 43 66 33 34", "1B 38")]
    public void TheCrcIsThatOfTheFacts(string body, string crc)
    {
        byte[] bytes = Dlt645Bytes.Of(body + " 00 00");
        int length = ModbusCrc.Append(bytes, 0, bytes.Length - 2);
        Assert.AreEqual(body + " " + crc, Dlt645Bytes.Text(bytes, 0, length));
        Assert.IsTrue(ModbusCrc.IsGood(bytes, 0, length));
        bytes[1] ^= 1;
        Assert.IsFalse(ModbusCrc.IsGood(bytes, 0, length));
    }

    [TestMethod]
    [DataRow(2400, 18)]
    [DataRow(9600, 6)]
    [DataRow(19200, 3)]
    [DataRow(115200, 3)]
    public void SilenceIsThreeAndAHalfCharactersRoundedUpAndOne(int baud, int ms)
    {
        Assert.AreEqual(ms, ModbusProtocol.SilenceMs(baud));
    }

    [TestMethod]
    [DataRow(0x43668000, 1000, 230500L)]
    [DataRow(0x43663334, 1000, 230200L)]
    [DataRow(0x3F800000, 1000000, 1000000L)]
    [DataRow(0x00000001, 1000000, 0L)]
    [DataRow(0x4B800000, 1, 16777216L)]
    [DataRow(0x3F000000, 1, 1L)]
    public void AFloatIsScaledExactlyAndRoundedOnce(int bits, int multiplier, long expected)
    {
        Assert.IsTrue(ModbusFloat.TryScale(bits, multiplier, out long value));
        Assert.AreEqual(expected, value);
        Assert.IsTrue(ModbusFloat.TryScale(bits | int.MinValue, multiplier, out value));
        Assert.AreEqual(-expected, value);
        Assert.IsTrue(ModbusFloat.TryScale(bits, -multiplier, out value));
        Assert.AreEqual(-expected, value);
    }

    [TestMethod]
    [DataRow(0x7FC00000)]
    [DataRow(0x7F800000)]
    [DataRow(0x7F7FFFFF)]
    public void WhatIsNoNumberOrTooLargeIsNoValue(int bits)
    {
        Assert.IsFalse(ModbusFloat.TryScale(bits, 1000, out _));
    }

    [TestMethod]
    [DataRow(230500L, 1000, 0x43668000)]
    [DataRow(1000L, 1000, 0x3F800000)]
    [DataRow(-1L, 1, unchecked((int)0xBF800000))]
    [DataRow(16777217L, 1, 0x4B800000)]
    [DataRow(16777219L, 1, 0x4B800002)]
    [DataRow(0L, 1000, 0)]
    public void AWholeNumberBecomesTheNearestFloat(long value, int divisor, int bits)
    {
        Assert.AreEqual(bits, ModbusFloat.FromRatio(value, divisor));
    }

    [TestMethod]
    [DataRow("00 00 12 34", ModbusType.UInt32, false, 0x1234L)]
    [DataRow("12 34 00 00", ModbusType.UInt32, true, 0x1234L)]
    [DataRow("FF FE", ModbusType.Int16, false, -2L)]
    [DataRow("FF FE", ModbusType.UInt16, false, 0xFFFEL)]
    [DataRow("00 00 FF FF", ModbusType.Int32, true, -65536L)]
    [DataRow("00 00 00 01 00 00 00 02", ModbusType.UInt64, false, 0x100000002L)]
    [DataRow("FF FF FF FF FF FF FF FF", ModbusType.Int64, false, -1L)]
    public void IntegersAreReadInBothWordOrders(string hex, int type, bool isLowFirst, long expected)
    {
        Assert.IsTrue(ModbusType.TryRead(Dlt645Bytes.Of(hex), 0, type, isLowFirst, true, 10, out long value));
        Assert.AreEqual(expected * 10, value);
    }

    [TestMethod]
    [DataRow("FF FF", ModbusType.UInt16)]
    [DataRow("80 00", ModbusType.Int16)]
    [DataRow("7F FF", ModbusType.Int16)]
    [DataRow("FF FF FF FF", ModbusType.UInt32)]
    [DataRow("7F FF FF FF", ModbusType.Int32)]
    [DataRow("80 00 00 00", ModbusType.Int32)]
    [DataRow("FF FF FF FF FF FF FF FF", ModbusType.UInt64)]
    [DataRow("7F FF FF FF FF FF FF FF", ModbusType.Int64)]
    public void AllOnesAreNoValueWhereTheMeterSaysSo(string hex, int type)
    {
        Assert.IsFalse(ModbusType.TryRead(Dlt645Bytes.Of(hex), 0, type, false, true, 1, out _));
    }
}
