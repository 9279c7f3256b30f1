using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

[TestClass]
public class Dlt645SettingTextsTests
{
    [TestMethod]
    public void AnAddressIsTwelveDigitsLowByteFirst()
    {
        Dlt645Settings line = new Dlt645Settings();
        Assert.IsTrue(Dlt645SettingTexts.TryAddress("123456789012", line));
        Assert.AreEqual(0x12, (int)line.Address[0]);
        Assert.AreEqual(0x12, (int)line.Address[5]);
        Assert.AreEqual(0x34, (int)line.Address[4]);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("12345678901")]
    [DataRow("1234567890123")]
    [DataRow("12345678901A")]
    public void AnythingElseIsNoAddress(string text) =>
        Assert.IsFalse(Dlt645SettingTexts.TryAddress(text, new Dlt645Settings()));

    [TestMethod]
    public void APasswordNamesItsLevel()
    {
        Dlt645Settings line = new Dlt645Settings();
        Assert.IsTrue(Dlt645SettingTexts.TryPassword("02:123456", line));
        Assert.AreEqual(0x123456, line.Passwords[2]);
        Assert.AreEqual(Dlt645Settings.NoPassword, line.Passwords[4]);
    }

    [TestMethod]
    public void WithoutAPasswordNobodyWrites()
    {
        Dlt645Settings line = new Dlt645Settings();
        Assert.IsTrue(Dlt645SettingTexts.TryPassword("", line));
        Assert.AreEqual(Dlt645Settings.NoPassword, line.Passwords[2]);
    }

    [TestMethod]
    [DataRow("2:123456")]
    [DataRow("10:123456")]
    [DataRow("02-123456")]
    [DataRow("02:12345")]
    [DataRow("02:12345x")]
    public void AnythingElseIsNoPassword(string text) =>
        Assert.IsFalse(Dlt645SettingTexts.TryPassword(text, new Dlt645Settings()));
}
