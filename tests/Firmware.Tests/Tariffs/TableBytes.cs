using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Firmware.Tests.Tariffs;

/// <summary>Writes compact tables byte by byte, apart from the PC's compiler, so that each checks the other.</summary>
internal sealed class TableBytes
{
    public readonly byte[] Bytes = new byte[4096];

    public int Length;

    public TableBytes Byte(int value)
    {
        Bytes[Length++] = (byte)value;
        return this;
    }

    public TableBytes Text(string ascii)
    {
        Byte(ascii.Length);
        for (int i = 0; i < ascii.Length; i++)
        {
            Byte(ascii[i]);
        }

        return this;
    }

    public TableBytes UInt16(int value) => Byte(value & 0xFF).Byte(value >> 8);

    public TableBytes Transition(long utc, int quarters)
    {
        LittleEndian.WriteInt32(Bytes, Length, (int)utc);
        Length += 4;
        return Byte(quarters & 0xFF);
    }

    public TableBytes Number(long value)
    {
        while (value >= 0x80)
        {
            Byte((int)(value & 0x7F) | 0x80);
            value >>= 7;
        }

        return Byte((int)value);
    }

    public TableBytes Signed(long value) => Number(value < 0 ? -value * 2 - 1 : value * 2);

    public TableBytes Header(string name, string currency) =>
        Byte('M').Byte('F').Byte('T').Byte('T').Byte(1).UInt16(0).Text(name).Text(currency);

    public TableBytes WideHeader(string name, string currency) =>
        Byte('M').Byte('F').Byte('T').Byte('T').Byte(2).UInt16(0).Text(name).Text(currency);

    /// <summary>A fixed offset for all time.</summary>
    public TableBytes FixedZone(int quarters) => Byte(quarters & 0xFF).UInt16(0).UInt16(0xFFFF).Byte(0);

    /// <summary>Length field and CRC; the table is then whole.</summary>
    public TableBytes Seal()
    {
        LittleEndian.WriteUInt16(Bytes, 5, Length + 4);
        LittleEndian.WriteInt32(Bytes, Length, (int)Crc32.Of(Bytes, 0, Length));
        Length += 4;
        return this;
    }

    public TariffTable Load()
    {
        TariffTable table;
        string error;
        Invariant.Require(TariffTable.TryLoad(Bytes, Length, out table, out error), "test table: " + error);
        return table;
    }

    /// <summary>Shanghai household (facts/metering-rules.md): peak 06–22, valley 22–06, three tiers a year.</summary>
    public static TableBytes Shanghai() => Household("Shanghai", 617_000, 307_000);

    /// <summary>The same rates and times at other prices, millionths per kWh.</summary>
    public static TableBytes Household(string name, int peakPrice, int valleyPrice) =>
        new TableBytes().Header(name, "CNY").FixedZone(32)
            .Byte(2).Text("peak").Text("valley")
            .Byte(1).Byte(3).Byte(0).Byte(1).Byte(24).Byte(0).Byte(88).Byte(1)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(0)
            .Number(peakPrice).Number(valleyPrice).Byte(0).Number(0).Number(0)
            .Byte(2).Byte(3)
            .Number(0).Signed(0).Signed(0)
            .Number(3_120_000).Signed(60_000).Signed(30_000)
            .Number(4_800_000).Signed(360_000).Signed(180_000)
            .Seal();

    /// <summary>
    /// Zone of New York in 2026 (−5 h; −4 h from 8 March 07:00Z to 1 November 06:00Z), workday and rest-day tables,
    /// summer (table 2) from 1 May, winter (table 0) from 1 October, 4 July a holiday. Workday: 00:00 a, 01:30 b, 02:30
    /// c, 08:00 c, 12:00 d. Rest day: a.
    /// </summary>
    public static TableBytes NewYork() =>
        new TableBytes().Header("New York", "USD")
            .Byte(-20 & 0xFF).UInt16(20_454).UInt16(20_819).Byte(2)
            .Transition(1_772_953_200, -16).Transition(1_793_512_800, -20)
            .Byte(4).Text("a").Text("b").Text("c").Text("d")
            .Byte(3)
            .Byte(5).Byte(0).Byte(0).Byte(6).Byte(1).Byte(10).Byte(2).Byte(32).Byte(2).Byte(48).Byte(3)
            .Byte(1).Byte(0).Byte(0)
            .Byte(1).Byte(0).Byte(3)
            .Byte(2).Byte(5).Byte(1).Byte(2).Byte(1).Byte(10).Byte(1).Byte(0).Byte(1)
            .Byte(1).UInt16(20_638).Byte(1)
            .Number(1).Number(2).Number(3).Number(4)
            .Byte(1).Number(11).Number(12).Number(13).Number(14)
            .Number(400_000).Number(530_600_000)
            .Byte(0).Byte(1).Number(0).Signed(0).Signed(0).Signed(0).Signed(0)
            .Seal();

    /// <summary>
    /// Version 2 at +8 h. Rates a, b. Tables: 0 (a; 07:10 b; 07:11 a), 1 (b), 2 (a), 3 (hot: 12:00 b, else a). Seasons
    /// from 1 January: Monday to Friday 0, Saturday 1, Sunday 2; holidays 1 to 3 October 2026 (table 1) and 10 October,
    /// a Saturday that is worked (table 0). "hot" takes table 3. Prices from 1 April a 0.10, b −0.20; from 1 November
    /// a 0.30, b 0.40. Discharge: 0.05, from July on 0.50. Fees 0.4 and 0.5; occupancy 0.2 a minute after 10 free ones,
    /// at most 3; reservation 0.1 a minute. Tiers over years from July; thresholds 10 kWh from 1 May, 20 kWh from 1
    /// October; the second adds 1.
    /// </summary>
    public static TableBytes Wide() =>
        new TableBytes().WideHeader("Wide", "CNY").FixedZone(32)
            .Byte(2).Text("a").Text("b")
            .Byte(4)
            .Byte(3).UInt16(0).Byte(0).UInt16(430).Byte(1).UInt16(431).Byte(0)
            .Byte(1).UInt16(0).Byte(1)
            .Byte(1).UInt16(0).Byte(0)
            .Byte(3).UInt16(0).Byte(0).UInt16(720).Byte(1).UInt16(780).Byte(0)
            .Byte(1).Byte(1).Byte(1).Byte(2).Byte(0).Byte(0).Byte(0).Byte(0).Byte(0).Byte(1)
            .Byte(2).UInt16(20_727).Byte(3).Byte(1).UInt16(20_736).Byte(1).Byte(0x80)
            .Byte(1).Text("hot").Byte(3)
            .Byte(2).Byte(4).Byte(1).Byte(11).Byte(1)
            .Signed(100_000).Signed(-200_000).Signed(300_000).Signed(400_000)
            .Byte(2).Byte(1).Text("out")
            .Byte(1).Byte(1).UInt16(0).Byte(0)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(0).Byte(0).Byte(0).Byte(0).Byte(0).Byte(0)
            .Byte(0)
            .Byte(2).Byte(1).Byte(1).Byte(7).Byte(1).Signed(50_000).Signed(500_000)
            .Byte(2).Number(400_000).Number(500_000).Number(0)
            .Number(200_000).Number(10).Number(3_000_000)
            .Number(100_000).Number(0).Number(0)
            .Byte(2).Byte(7).Byte(2)
            .Byte(2).Byte(5).Byte(1).Byte(10).Byte(1).Number(0).Number(10_000).Number(0).Number(20_000)
            .Signed(0).Signed(0).Signed(1_000_000).Signed(1_000_000)
            .Seal();
}
