using System.Text;
using MeterFirmware.Basics;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class Base64Tests
{
    [TestMethod]
    [DataRow("", "")]
    [DataRow("Zg==", "f")]
    [DataRow("Zm8=", "fo")]
    [DataRow("Zm9v", "foo")]
    [DataRow("Zm9vYg==", "foob")]
    [DataRow("Zm9vYmE=", "fooba")]
    [DataRow("Zm9vYmFy", "foobar")]
    public void VectorsOfRfc4648Section10(string text, string decoded)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] into = new byte[8];
        Assert.IsTrue(Base64.TryDecode(bytes, 0, bytes.Length, into, 1, out int count));
        Assert.AreEqual(decoded, Encoding.UTF8.GetString(into, 1, count));
    }

    [TestMethod]
    [DataRow("Zg=")]
    [DataRow("Zg")]
    [DataRow("Zh==")]
    [DataRow("Z===")]
    [DataRow("Zm9*")]
    [DataRow("Zm=v")]
    [DataRow("Zm9vYmFyZm9v")]
    public void WhatIsNotExactlyBase64OrDoesNotFitIsRefused(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.IsFalse(Base64.TryDecode(bytes, 0, bytes.Length, new byte[8], 0, out int _));
    }
}
