using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.SiteController;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SiteController;

/// <summary>The transformer that feeds the site: warnings, records, the reading.</summary>
[TestClass]
public class SiteTransformerTests
{
    // A third of 40 kVA at 230 V is 58 A.
    private const string Line = "\ntransformer 40 ambient 30 indoors";

    [TestMethod]
    public void AWarningOfTheLoadIsAnEventWithItsStepAndItsValue()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash(), Line);
        desk.WantedMilliamps = 0;
        desk.Meter.BuildingMilliamps = 50_000;
        desk.Run(50);
        Assert.AreEqual(0, desk.Count(RecordKind.Event, SiteEventCode.TransformerWarning));
        desk.Run(20);
        EventRecord warning = Last(desk);
        Assert.AreEqual(4, warning.ValueCount);
        Assert.AreEqual((long)SiteTransformer.Loading, warning.Values[0]);
        Assert.AreEqual(1L, warning.Values[1]);
        Assert.AreEqual(862L, warning.Values[2]);
        desk.Meter.BuildingMilliamps = 10_000;
        desk.Run(70);
        warning = Last(desk);
        Assert.AreEqual((long)SiteTransformer.Loading, warning.Values[0]);
        Assert.AreEqual(0L, warning.Values[1]);
        desk.Meter.Millivolts = 250_000;
        desk.Run(70);
        warning = Last(desk);
        Assert.AreEqual((long)SiteTransformer.Voltage, warning.Values[0]);
        Assert.AreEqual(250_000L, warning.Values[2]);
        Assert.AreEqual(3, desk.Count(RecordKind.Event, SiteEventCode.TransformerWarning));
    }

    [TestMethod]
    public void AnIntervalHasItsHighestFiguresAndTheLifeThatItCost()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash(), Line);
        desk.WantedMilliamps = 0;
        desk.Meter.BuildingMilliamps = 57_970;
        desk.Run(910);
        SiteRecord record = desk.Site.Recorder.Record;
        Assert.IsTrue(record.HasTransformer);
        Assert.AreEqual(999, record.LoadingPermille);

        // At its rating, 30 °C and 10 K indoors: 118 °C, 20 K above the design's. 2^(20 ÷ 6) of the time.
        Assert.IsTrue(record.HotSpotTenths >= 1_178 && record.HotSpotTenths <= 1_182, record.HotSpotTenths.ToString());
        Assert.IsTrue(record.LifeSeconds > 8_000 && record.LifeSeconds < 9_200, record.LifeSeconds.ToString());
        byte[] bytes = new byte[SiteRecord.BytesOf(2)];
        int length = record.Write(bytes, 0);
        SiteRecord read = new SiteRecord(2);
        Assert.IsTrue(read.TryRead(bytes, 0, length));
        Assert.AreEqual(record.LifeSeconds, read.LifeSeconds);
        Assert.AreEqual(record.HotSpotTenths, read.HotSpotTenths);
        for (int cut = 0; cut < length; cut++)
        {
            Assert.IsFalse(read.TryRead(bytes, 0, cut));
        }

        ByteTextWriter json = new ByteTextWriter(1_024);
        json.BeginObject();
        new SitePayload(record).WriteMembers(json);
        json.EndObject();
        string text = Encoding.UTF8.GetString(json.Bytes, 0, json.Length);
        Assert.IsTrue(text.IndexOf("\"transformerLoadingPercent\":99.9") > 0, text);
        Assert.IsTrue(text.IndexOf("\"transformerLifeSeconds\":" + record.LifeSeconds.ToString()) > 0, text);
    }

    [TestMethod]
    public void TheReadingShowsIt()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash(), Line);
        desk.WantedMilliamps = 0;
        desk.Meter.BuildingMilliamps = 29_000;
        desk.Run(130);
        string text = desk.Link.LastOn("mf/v1/" + SiteDesk.Device + "/instant");
        Assert.IsTrue(text.IndexOf("\"transformer\":{\"loadingPercent\":[50.0,50.0,50.0],\"unbalancePercent\":0.0") > 0,
            text);
        Assert.IsTrue(text.IndexOf("\"warnings\":[]}") > 0, text);
    }

    [TestMethod]
    public void WithoutTheLineNothingIsWatchedAndRecordsStayAsTheyWere()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(910);
        Assert.IsNull(desk.Site.Product.Transformer);
        SiteRecord record = desk.Site.Recorder.Record;
        byte[] bytes = new byte[SiteRecord.BytesOf(2)];
        int length = record.Write(bytes, 0);
        Assert.AreEqual(1, (int)bytes[0]);
        Assert.IsTrue(new SiteRecord(2).TryRead(bytes, 0, length));
    }

    [TestMethod]
    public void ALineThatIsWrongIsRefusedWithWhatWasExpected()
    {
        string[] lines =
        {
            "transformer 0 ambient 30", "transformer 400", "transformer 400 ambient 61", "transformer 400 ambient 30 x",
            "transformer 100001 ambient 30", "transformer 400 outside 30",
        };
        for (int i = 0; i < lines.Length; i++)
        {
            Refused("meter mains reserve 20000\n" + lines[i], "transformer KVA ambient CELSIUS [indoors] was expected");
        }

        Refused("meter others reserve 20000\ntransformer 400 ambient 30", "a transformer is watched by a meter at");
        Refused("transformer 400 ambient 30", "a transformer is watched by a meter at");
    }

    private static void Refused(string lines, string expected)
    {
        byte[] text = Encoding.UTF8.GetBytes("phases 3\nvolts 230\nlimit 64000\nline COM2\nkey none\n"
            + "member 0 safe 6000 phases 123\n" + lines);
        Assert.IsFalse(SiteSettings.TryParse(text, text.Length, out SiteSettings _, out string error), lines);
        Assert.IsTrue(error.IndexOf(expected) >= 0, error);
    }

    private static EventRecord Last(SiteDesk desk)
    {
        byte[] bytes = new byte[1_024];
        EventRecord record = new EventRecord();
        for (long number = desk.Site.Journal.NextNumber - 1; number >= desk.Site.Journal.OldestNumber; number--)
        {
            bool isEvent = desk.Site.Journal.TryRead(number, bytes, out int length, out int kind)
                && kind == RecordKind.Event;
            if (isEvent && record.TryRead(bytes, 0, length) && record.Code == SiteEventCode.TransformerWarning)
            {
                return record;
            }
        }

        Assert.IsTrue(false, "no warning was told");
        return record;
    }
}
