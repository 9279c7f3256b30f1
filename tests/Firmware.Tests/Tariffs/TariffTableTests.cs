using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class TariffTableTests
{
    [TestMethod]
    public void AWholeTableIsReadBack()
    {
        TariffTable table = TableBytes.Shanghai().Load();
        Assert.AreEqual("Shanghai", table.Name);
        Assert.AreEqual("CNY", table.Currency);
        Assert.AreEqual(2, table.RateCount);
        Assert.AreEqual("valley", table.RateName(1));
        Assert.AreEqual(307_000L, table.ImportPrice(1));
        Assert.AreEqual(3, table.TierCount);
        Assert.AreEqual(4_800_000L, table.TierFromWattHours(2));
        Assert.AreEqual(180_000L, table.TierAdd(2, 1));
        Assert.IsTrue(table.TierPeriod == TierPeriod.Year);
        Assert.IsFalse(table.HasExportPrices);
        table = TableBytes.NewYork().Load();
        Assert.AreEqual(14L, table.ExportPrice(3));
        Assert.AreEqual(400_000L, table.ServiceFee(0));
        Assert.AreEqual(530_600_000L, table.CarbonMicrogramsPerKwh);
        Assert.AreEqual(1, table.TierCount);
    }

    [TestMethod]
    public void TheTableIsACopyThatTheMessageBufferCannotChange()
    {
        TableBytes bytes = TableBytes.Shanghai();
        TariffTable table = bytes.Load();
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes.Bytes[i] = 0xFF;
        }

        TariffCursor cursor = new TariffCursor(table);
        cursor.Seek(0);
        Assert.AreEqual(0, cursor.Rate);
    }

    [TestMethod]
    public void EveryCutTableIsRefused()
    {
        TableBytes bytes = TableBytes.NewYork();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(TariffTable.TryLoad(bytes.Bytes, length, out TariffTable table, out string error));
            Assert.IsNull(table);
            Assert.StartsWith("tariff table: ", error);
        }
    }

    [TestMethod]
    public void EveryFlippedBitIsRefused()
    {
        TableBytes bytes = TableBytes.NewYork();
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes.Bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(TariffTable.TryLoad(bytes.Bytes, bytes.Length, out TariffTable table, out string error));
            bytes.Bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.IsTrue(TariffTable.TryLoad(bytes.Bytes, bytes.Length, out TariffTable whole, out string none));
    }

    /// <summary>A sender's bug: the CRC is right, the content is not. Any byte set to anything either loads and can be
    /// used over a year, or is refused; it never throws.</summary>
    [TestMethod]
    public void ATableWithARightCrcAndWrongContentNeverThrows()
    {
        int refused = 0;
        byte[] whole = TableBytes.NewYork().Bytes;
        int length = TableBytes.NewYork().Length;
        byte[] bytes = new byte[length];
        int[] values = new int[] { 0, 1, 2, 13, 63, 64, 127, 128, 200, 255 };
        for (int at = 7; at < length - 4; at++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                for (int k = 0; k < length; k++)
                {
                    bytes[k] = whole[k];
                }

                bytes[at] = (byte)values[i];
                LittleEndian.WriteInt32(bytes, length - 4, (int)Crc32.Of(bytes, 0, length - 4));
                if (!TariffTable.TryLoad(bytes, length, out TariffTable table, out string error))
                {
                    refused++;
                    Assert.IsNull(table);
                    continue;
                }

                TariffCursor cursor = new TariffCursor(table);
                for (long utc = 1_767_225_600; utc < 1_798_761_600; utc += 86_400 * 10 + 3600 * 7)
                {
                    cursor.Seek(utc);
                    Assert.IsTrue(cursor.Rate < table.RateCount && cursor.ValidFromUtc <= utc
                        && cursor.ValidUntilUtc > utc);
                }
            }
        }

        Assert.IsTrue(refused > length, "refused " + refused.ToString());
    }

    [TestMethod]
    public void TheErrorNamesWhatIsWrong()
    {
        Refused("rate of a period out of range: 1", Table(1, 0, 1));
        Refused("period start out of range: 1", Table(0, 1, 1));
        Refused("season day out of range: 31", Table(0, 0, 31));
        TableBytes two = Table(0, 0, 1);
        two.Bytes[4] = 3;
        Refused("version 3, expected 1 or 2", two);
        two.Bytes[0] = 0;
        Refused("wrong magic", two);
    }

    [TestMethod]
    public void NamesAreStrictUtf8()
    {
        // 峰 is E5 B3 B0; U+1F50C is F0 9F 94 8C.
        int[] good = new int[] { 0xE5, 0xB3, 0xB0, 0xF0, 0x9F, 0x94, 0x8C };
        TariffTable table = Named(good).Load();
        Assert.AreEqual("\u5CF0\uD83D\uDD0C", table.RateName(0));
        Refused("rate name is not UTF-8", Named(new int[] { 0xC0, 0x80 }));
        Refused("rate name is not UTF-8", Named(new int[] { 0xE5, 0xB3 }));
        Refused("rate name is not UTF-8", Named(new int[] { 0xED, 0xA0, 0x80 }));
        Refused("rate name is not UTF-8", Named(new int[] { 0x0A }));
        Refused("rate name is not UTF-8", Named(new int[] { 0xF4, 0x90, 0x80, 0x80 }));
    }

    private static void Refused(string expected, TableBytes bytes)
    {
        Assert.IsFalse(TariffTable.TryLoad(bytes.Bytes, bytes.Length, out TariffTable table, out string error));
        Assert.Contains(expected, error);
    }

    private static TableBytes Table(int periodRate, int periodStart, int seasonDay) =>
        new TableBytes().Header("t", "X").FixedZone(0).Byte(1).Text("r")
            .Byte(1).Byte(1).Byte(periodStart).Byte(periodRate)
            .Byte(1).Byte(2).Byte(seasonDay).Byte(0).Byte(0)
            .Byte(0).Number(1).Byte(0).Number(0).Number(0).Byte(0).Byte(1).Number(0).Signed(0).Seal();

    private static TableBytes Named(int[] name)
    {
        TableBytes bytes = new TableBytes().Header("t", "X").FixedZone(0).Byte(1).Byte(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            bytes.Byte(name[i]);
        }

        return bytes.Byte(1).Byte(1).Byte(0).Byte(0).Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(0).Number(1).Byte(0).Number(0).Number(0).Byte(0).Byte(1).Number(0).Signed(0).Seal();
    }
}
