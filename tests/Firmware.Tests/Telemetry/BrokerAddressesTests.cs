using System.Text;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

[TestClass]
public class BrokerAddressesTests
{
    [TestMethod]
    [DataRow("", true)]
    [DataRow("broker.example", true)]
    [DataRow("10.0.0.1:1883", true)]
    [DataRow("a,b:1,c:65535", true)]
    [DataRow("fe80::1", true)]
    [DataRow("1,2,3,4,5,6,7,8", true)]
    [DataRow("1,2,3,4,5,6,7,8,9", false)]
    [DataRow(",", false)]
    [DataRow("a,", false)]
    [DataRow(",a", false)]
    [DataRow("a,,b", false)]
    [DataRow("a:", false)]
    [DataRow(":1", false)]
    [DataRow("a:0", false)]
    [DataRow("a:65536", false)]
    [DataRow("a:99999999999999999999", false)]
    [DataRow("a:1x", false)]
    [DataRow("a b", false)]
    [DataRow("a, b", false)]
    public void AListIsHostsWithOrWithoutPortsBetweenCommas(string text, bool isList)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("x" + text + "x");
        Assert.AreEqual(isList, BrokerAddresses.IsList(bytes, 1, bytes.Length - 2));
        Assert.AreEqual(isList, BrokerAddresses.TryParse(text, 8_883, out BrokerAddresses _));
    }

    [TestMethod]
    public void AListBeyondItsLengthIsNone()
    {
        string longest = new string('a', BrokerAddresses.TextBytesMax);
        Assert.IsTrue(BrokerAddresses.TryParse(longest, 1, out BrokerAddresses _));
        Assert.IsFalse(BrokerAddresses.TryParse(longest + "a", 1, out BrokerAddresses _));
    }

    [TestMethod]
    public void ItMovesOnWhenAConnectionFailsDoesNotLastOrIsGivenUp()
    {
        Assert.IsTrue(BrokerAddresses.TryParse("a,b:1884", 8_883, out BrokerAddresses addresses));
        Assert.AreEqual("a 8883", Now(addresses));
        addresses.NoteEnd(0, false);
        Assert.AreEqual("b 1884", Now(addresses), "it failed");
        addresses.NoteEnd(30_000, false);
        Assert.AreEqual("b 1884", Now(addresses), "a good one was lost");
        addresses.NoteEnd(29_999, false);
        Assert.AreEqual("a 8883", Now(addresses), "it did not last");
        addresses.NoteEnd(90_000, true);
        Assert.AreEqual("b 1884", Now(addresses), "nobody answered behind it");
    }

    [TestMethod]
    public void NoBrokerAndOneBrokerStayWhatTheyAre()
    {
        Assert.IsTrue(BrokerAddresses.TryParse("", 8_883, out BrokerAddresses none));
        none.NoteEnd(0, true);
        Assert.AreEqual(" 0", Now(none));
        Assert.IsTrue(BrokerAddresses.TryParse("a", 8_883, out BrokerAddresses one));
        one.NoteEnd(0, true);
        Assert.AreEqual("a 8883", Now(one));
    }

    private static string Now(BrokerAddresses addresses) => addresses.Host + " " + addresses.Port;
}
