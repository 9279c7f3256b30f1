using MeterFirmware.Basics;
using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

/// <summary>States of tagged sections: what an older or newer firmware wrote is read as far as it is known.</summary>
[TestClass]
public class StateSectionTests
{
    private static readonly byte[] _state = new byte[64];

    [TestMethod]
    public void SectionsAreFoundByTheirTagInAnyOrder()
    {
        StateReader reader = Opened(Written());
        Assert.AreEqual(7, reader.Version);
        Assert.IsTrue(reader.TryFind(9, 8, out int at, out int count));
        Assert.AreEqual(8, count);
        Assert.AreEqual(-5L, LittleEndian.ReadInt64(_state, at));
        Assert.IsTrue(reader.TryFind(2, 4, out at, out count));
        Assert.AreEqual(1234, LittleEndian.ReadInt32(_state, at));
    }

    [TestMethod]
    public void ATagThatIsMissingOrTooShortIsNotFound()
    {
        StateReader reader = Opened(Written());
        Assert.IsFalse(reader.TryFind(3, 0, out int at, out int count));
        Assert.IsFalse(reader.TryFind(2, 5, out at, out count));
        Assert.IsTrue(reader.TryFind(4, 0, out at, out count));
        Assert.AreEqual(0, count);
    }

    [TestMethod]
    public void AStateThatIsCutAtAnyByteIsRefusedOrEndsWithAWholeSection()
    {
        int length = Written();
        int[] wholeAt = { StateWriter.HeadBytes, StateWriter.HeadBytes + 7, StateWriter.HeadBytes + 10, length };
        for (int cut = 0; cut <= length; cut++)
        {
            bool isWhole = false;
            for (int i = 0; i < wholeAt.Length; i++)
            {
                isWhole |= cut == wholeAt[i];
            }

            Assert.AreEqual(isWhole, new StateReader().TryOpen(_state, cut));
        }
    }

    [TestMethod]
    public void NothingIsFoundInAStateThatWasRefused()
    {
        StateReader reader = Opened(Written());
        Assert.IsFalse(reader.TryOpen(_state, 6));
        Assert.IsFalse(reader.TryFind(2, 0, out int at, out int count));
        Assert.IsFalse(new StateReader().TryFind(2, 0, out at, out count));
        Assert.IsFalse(new StateReader().TryOpen(_state, _state.Length + 1));
    }

    private StateReader Opened(int length)
    {
        StateReader reader = new StateReader();
        Assert.IsTrue(reader.TryOpen(_state, length));
        return reader;
    }

    private int Written()
    {
        StateWriter writer = new StateWriter();
        writer.Begin(_state, 7);
        int at = writer.Open(2);
        LittleEndian.WriteInt32(_state, at, 1234);
        writer.Close(at + 4);
        writer.Close(writer.Open(4));
        at = writer.Open(9);
        LittleEndian.WriteInt64(_state, at, -5);
        writer.Close(at + 8);
        return writer.Length;
    }
}
