using System.IO;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.Schedule;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Charging;

[TestClass]
public class SessionFileTests
{
    private const string Header = "session,station,user,plug_in,plug_out,charge_end,energy_kwh\n";
    private static readonly SiteOptions _site = new() { LimitWatts = 100_000 };

    [TestMethod]
    [DataRow("S1,A,U,2018-10-08T06:25:00-07:00,2018-10-08T05:06:00-07:00,x,6.31\n", ":2: column 5 (plug_out)")]
    [DataRow("S1,A,U,2018-10-08T06:25:00,2018-10-08T07:06,x,6.31\n", ":2: column 4 (plug_in)")]
    [DataRow("S1,A,U,yesterday,2018-10-08T07:06:00-07:00,x,6.31\n", ":2: column 4 (plug_in)")]
    [DataRow("S1,A,U,2018-10-08T06:25:00-07:00,2018-10-08T07:06:00-07:00,x,-1\n", ":2: column 7 (energy_kwh)")]
    [DataRow("S1,A,U,2018-10-08T06:25:00-07:00,2018-10-08T07:06:00-07:00,x,1e4\n", ":2: column 7 (energy_kwh)")]
    [DataRow("S1,A,U,2018-10-08T06:25:00-07:00,2018-10-08T07:06:00-07:00,x,\"6,31\"\n",
        ":2: column 7 (energy_kwh): '6,31' is no number")]
    [DataRow("S1,A,U,2018-10-08T06:25:00-07:00\n", ":2: column 5: 4 columns")]
    [DataRow("\n", ":2: no sessions")]
    public void BadLineIsNamedWithItsColumn(string line, string expected)
    {
        InputException error = Assert.ThrowsExactly<InputException>(() => Load(Header + line));
        StringAssert.Contains(error.Message, expected);
        Assert.IsFalse(error.Message.Contains('\n'), "one line");
    }

    [TestMethod]
    public void TheJsonOfAcnDataGivesTheSameSessions()
    {
        const string Items = """
            {"_meta":{},"_items":[{"_id":"x","sessionID":"S1","stationID":"A","userID":null,"connectionTime":"Mon, 08 Oct 2018 13:25:00 GMT",
            "disconnectTime":"Mon, 08 Oct 2018 17:06:00 GMT","kWhDelivered":6.31}]}
            """;
        Assert.AreEqual(Load(Header
            + "S1,A,,2018-10-08T06:25:00-07:00,2018-10-08T10:06:00-07:00,x,6.31\n")[0] with
        { Line = 1 },
            Load(Items)[0]);
        foreach ((string from, string to, string place) in new[]
        {
            ("6.31", "\"=1\"", "$._items[0].kWhDelivered: '=1'"),
                ("Mon, 08 Oct 2018 17:06", "Mon, 08 Oct 2018 11:06", "$._items[0].disconnectTime"),
            ("\"S1\"", "7", "$._items[0].sessionID"), ("_items", "items", "an object with _items was expected"),
                ("]}", "]", ":2: not JSON"),
        })
        {
            StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Load(Items.Replace(from, to))).Message,
                place);
        }
    }

    // Header lines as Palo Alto and as Boulder publish them.
    [TestMethod]
    [DataRow("Station Name,MAC Address,Org Name,Start Date,Start Time Zone,End Date,End Time Zone,Energy (kWh),Port "
        + "Number,User ID\nPALO ALTO CA / HAMILTON #1,000D,CITY,10/8/2018 6:25,PDT,10/8/2018 10:06,PDT,6.31,2,3284\n")]
    [DataRow("Station_Name,Address,Start_Date___Time,Start_Time_Zone,End_Date___Time,End_Time_Zone,Energy__kWh_,"
        + "Port_Number,User_ID\n"
        + "PALO ALTO CA / HAMILTON #1,X,2018-10-08 07:25:00,MDT,2018-10-08 11:06:00,MDT,6.31,2,3284\n")]
    public void ChargePointsExportGivesTheSameSessions(string text)
    {
        Assert.AreEqual(Load(Header
            + "2,PALO ALTO CA / HAMILTON #1/2,3284,2018-10-08T06:25:00-07:00,2018-10-08T10:06:00-07:00,x,6.31\n")[0],
            Load(text)[0]);
        foreach ((string from, string to, string place) in new[]
        {
            ("DT,", "XX,", "'PXX', one of UTC, GMT"), (",6.31,", ",six,", "'six' is no number"),
            ("T,10", "T,9", "lies before"), ("Zone,End", "Zones,End", "column 'Start Time Zone' is missing"),
        })
        {
            if (text.Contains("PDT"))
            {
                StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Load(text.Replace(from, to))).Message,
                    place);
            }
        }
    }

    [TestMethod]
    public void MissingColumnIsNamed()
    {
        InputException error = Assert.ThrowsExactly<InputException>(() => Load("session,station,plug_in,energy_kwh\n"));
        StringAssert.Contains(error.Message, ":1: column 'plug_out' is missing");
    }

    [TestMethod]
    public void SameSessionTwiceNamesBothLines()
    {
        const string Line = "S1,A,U,2018-10-08T06:25:00-07:00,2018-10-08T07:06:00-07:00,x,1\n";
        InputException error = Assert.ThrowsExactly<InputException>(() => Load(Header + Line + Line));
        StringAssert.Contains(error.Message, ":3: session 'S1' stands already in line 2");
    }

    [TestMethod]
    public void TwoSessionsOnOneStationAtOnceAreRefusedAndTouchingOnesAreFine()
    {
        const string First = "a,A,U,2018-10-08T06:00:00-07:00,2018-10-08T10:00:00-07:00,x,20\n";
        InputException error = Assert.ThrowsExactly<InputException>(
            () => Load(Header + "b,A,U,2018-10-08T08:00:00-07:00,2018-10-08T12:00:00-07:00,x,20\n" + First));
        StringAssert.Contains(error.Message, ":2: session 'b' begins on station 'A' before session 'a' of line 3 ends");

        // The long one is still there when the third comes.
        const string Inside = "b,A,U,2018-10-08T07:00:00-07:00,2018-10-08T08:00:00-07:00,x,20\n";
        Assert.ThrowsExactly<InputException>(() => Load(Header + First + Inside));
        Assert.HasCount(3, Load(Header + First + "b,A,U,2018-10-08T10:00:00-07:00,2018-10-08T12:00:00-07:00,x,20\n"
            + "c,B,U,2018-10-08T08:00:00-07:00,2018-10-08T12:00:00-07:00,x,20\n"));
    }

    [TestMethod]
    public void DemandIsCappedAtWhatTheStationGivesInWholeSteps()
    {
        // Plug-in 06:26, plug-out 06:39: whole steps 06:30 to 06:35 only.
        ChargingSession session = Load(
            Header + "S1,A,U,2018-10-08T06:26:00-07:00,2018-10-08T06:39:00-07:00,x,50\n")[0];
        Assert.AreEqual(1, session.StaySteps);
        Assert.AreEqual(6600L * 300 * 1000, session.DemandMillijoules);
    }

    [TestMethod]
    public void ColumnsAreFoundByNameAndQuotesAreRead()
    {
        ChargingSession session = Load(
            "energy_kwh,plug_out,\"plug_in\",session,station\n0.5,2018-10-08T16:00:00Z,2018-10-08T15:00:00Z,\"a,b\","
                + "X\n")[0];
        Assert.AreEqual("a,b", session.Id);
        Assert.AreEqual(12, session.StaySteps);
        Assert.AreEqual(1_800_000_000L, session.DemandMillijoules);
    }

    private static System.Collections.Generic.IReadOnlyList<ChargingSession> Load(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return SessionFile.Load(path, _site);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
