using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Cards;

/// <summary>UIDs that the tests of both readers share.</summary>
internal static class CardUids
{
    public static CardTwin Card(int length)
    {
        byte[] uid = new byte[length];
        for (int i = 0; i < length; i++)
        {
            uid[i] = (byte)(0x04 + 23 * i);
        }

        return new CardTwin(uid);
    }

    public static void AssertUid(byte[] uid, int length)
    {
        for (int i = 0; i < length; i++)
        {
            Assert.AreEqual((int)(byte)(0x04 + 23 * i), (int)uid[i]);
        }
    }
}
