using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

[TestClass]
public class Dlt645CatalogueTests
{
    [TestMethod]
    [DataRow(0x00010000, 4, 2)] // forward active energy XXXXXX.XX
    [DataRow(0x0001010C, 4, 2)] // rate 1, settlement 12
    [DataRow(0x00080000, 4, 2)] // quadrant 4
    [DataRow(0x01010000, 8, 4)] // demand XX.XXXX + YYMMDDhhmm
    [DataRow(0x02010300, 2, 1)] // XXX.X V
    [DataRow(0x02020100, 3, 3)] // XXX.XXX A
    [DataRow(0x02030000, 3, 4)] // XX.XXXX kW
    [DataRow(0x02060000, 2, 3)] // X.XXX
    [DataRow(0x02070100, 2, 1)] // XXX.X°
    [DataRow(0x02080100, 2, 2)] // XX.XX %
    [DataRow(0x020A0115, 2, 2)] // harmonic 21
    [DataRow(0x02800002, 2, 2)] // XX.XX Hz
    [DataRow(0x02800020, 4, 4)] // XXXX.XXXX yuan/kWh
    [DataRow(0x04000101, 4, 0)] // YYMMDDWW
    [DataRow(0x04000B01, 2, 0)] // DDhh
    [DataRow(0x04010001, 3, 0)] // hhmmNN
    [DataRow(0x04030001, 4, 0)] // YYMMDDNN
    [DataRow(0x05060101, 4, 2)] // daily freeze, forward active
    [DataRow(0x03110001, 12, 0)] // power loss begin, end
    [DataRow(0x03300401, 16, 0)] // clock set: operator, before, after
    public void AnIdentifierHasTheLengthAndPlacesOfTheFacts(int di, int length, int places)
    {
        Dlt645Item item = new Dlt645Item();
        Assert.IsTrue(Dlt645Catalogue.TryDescribe(di, item));
        Assert.AreEqual(length, item.Length);
        Assert.AreEqual(places, Dlt645Format.PlacesOf(item.FormatOf(0)));
    }

    [TestMethod]
    [DataRow(0x00014000)] // rate 64
    [DataRow(0x0001000D)] // settlement 13
    [DataRow(0x02010400)]
    [DataRow(0x02010000)] // a voltage has no total
    [DataRow(0x020A0116)] // harmonic 22
    [DataRow(0x03010101 + 0x0A)] // the eleventh event
    [DataRow(0x04000C02)] // a password is never read
    [DataRow(0x05080001)]
    [DataRow(0x7F000000)]
    [DataRow(-1)]
    public void AnUnknownIdentifierIsRefused(int di)
    {
        Assert.IsFalse(Dlt645Catalogue.TryDescribe(di, new Dlt645Item()));
    }

    [TestMethod]
    [DataRow(0x0001FF00, 5, 0x00010000, 0x00010400)]
    [DataRow(0x000100FF, 13, 0x00010000, 0x0001000C)]
    [DataRow(0x0201FF00, 3, 0x02010100, 0x02010300)]
    [DataRow(0x0203FF00, 4, 0x02030000, 0x02030300)]
    [DataRow(0x020A01FF, 21, 0x020A0101, 0x020A0115)]
    [DataRow(0x040005FF, 7, 0x04000501, 0x04000507)]
    [DataRow(0x0506FF01, 12, 0x05060001, 0x05061001)]
    [DataRow(0x0504FF01, 3, 0x05040001, 0x05040201)]
    [DataRow(0x02010100, 1, 0x02010100, 0x02010100)]
    public void ABlockIsItsElementsInOrder(int di, int count, int first, int last)
    {
        Dlt645Block block = new Dlt645Block();
        Dlt645Item item = new Dlt645Item();
        Assert.IsTrue(block.Begin(di, new Dlt645Counts()));
        int elements = 0;
        int latest = 0;
        while (block.TryNext(out int element))
        {
            if (elements == 0)
            {
                Assert.AreEqual(first, element);
            }

            Assert.IsTrue(Dlt645Catalogue.TryDescribe(element, item));
            latest = element;
            elements++;
        }

        Assert.AreEqual(count, elements);
        Assert.AreEqual(last, latest);
    }

    [TestMethod]
    public void EveryItemFitsOneFrameOrIsReadInParts()
    {
        Dlt645Item item = new Dlt645Item();
        int longest = 0;
        for (int type = 1; type <= 0x35; type++)
        {
            for (int phase = 0; phase <= 0x0E; phase++)
            {
                if (Dlt645Catalogue.TryDescribe(0x03000001 | (type << 16) | (phase << 8), item)
                    && item.Length > longest)
                {
                    longest = item.Length;
                }
            }
        }

        // A phase's voltage loss: 6 + 16 + 3 × 29 + 16 + 6 + 64 bytes.
        Assert.AreEqual(195, longest);
    }
}
