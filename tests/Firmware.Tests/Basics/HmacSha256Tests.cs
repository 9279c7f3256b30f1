using MeterFirmware.Basics;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class HmacSha256Tests
{
    [TestMethod]
    // FIPS 180-4 examples: empty, one block, two blocks.
    [DataRow("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [DataRow("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [DataRow("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Sha256GivesTheStandardsOwnExamples(string text, string expected)
    {
        byte[] bytes = Ascii(text);
        byte[] hash = new byte[Sha256.HashBytes];
        Sha256 sha = new Sha256();
        sha.Add(bytes, 0, bytes.Length);
        sha.Finish(hash, 0);
        Assert.AreEqual(expected, Hex(hash));

        // Byte by byte, on the same object: a hash leaves nothing behind.
        for (int i = 0; i < bytes.Length; i++)
        {
            sha.Add(bytes, i, 1);
        }

        sha.Finish(hash, 0);
        Assert.AreEqual(expected, Hex(hash));
    }

    [TestMethod]
    public void Sha256OfAMillionLettersCrossesManyBlocks()
    {
        byte[] piece = new byte[1000];
        for (int i = 0; i < piece.Length; i++)
        {
            piece[i] = (byte)'a';
        }

        Sha256 sha = new Sha256();
        for (int i = 0; i < 1000; i++)
        {
            sha.Add(piece, 0, piece.Length);
        }

        byte[] hash = new byte[Sha256.HashBytes];
        sha.Finish(hash, 0);
        Assert.AreEqual("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Hex(hash));
    }

    [TestMethod]
    // RFC 4231, test cases 1, 2, 3, 4, 6 and 7 (case 5 is the truncated one below).
    [DataRow(0x0b, 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [DataRow(-1, 0, "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [DataRow(0xaa, 131, "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    [DataRow(0xaa, 131,
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
            + "hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")]
    public void HmacGivesTheVectorsOfRfc4231(int keyByte, int keyLength, string text, string expected)
    {
        byte[] key = keyByte < 0 ? Ascii("Jefe") : Filled(keyByte, keyLength);
        CheckTag(key, Ascii(text), expected);
    }

    [TestMethod]
    public void HmacGivesTheBinaryVectorsOfRfc4231()
    {
        CheckTag(Filled(0xaa, 20), Filled(0xdd, 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
        byte[] key = new byte[25];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = (byte)(i + 1);
        }

        CheckTag(key, Filled(0xcd, 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    }

    [TestMethod]
    public void ATruncatedTagIsAcceptedAndAChangedBitIsNot()
    {
        // RFC 4231, test case 5: the first 16 bytes.
        byte[] tag = { 0xa3, 0xb6, 0x16, 0x74, 0x73, 0x10, 0x0e, 0xe0, 0x6e, 0x0c, 0x79, 0x6c, 0x29, 0x55, 0x55, 0x2b };
        byte[] text = Ascii("Test With Truncation");
        HmacSha256 hmac = new HmacSha256();
        hmac.SetKey(Filled(0x0c, 20), 0, 20);
        hmac.Add(text, 0, text.Length);
        Assert.IsTrue(hmac.FinishAndCheck(tag, 0, 16));
        tag[15] ^= 1;
        hmac.Add(text, 0, text.Length);
        Assert.IsFalse(hmac.FinishAndCheck(tag, 0, 16));
    }

    private static void CheckTag(byte[] key, byte[] text, string expected)
    {
        HmacSha256 hmac = new HmacSha256();
        byte[] tag = new byte[HmacSha256.TagBytes];
        hmac.SetKey(key, 0, key.Length);
        for (int round = 0; round < 2; round++)
        {
            hmac.Add(text, 0, text.Length);
            hmac.Finish(tag, 0);
            Assert.AreEqual(expected, Hex(tag), "round " + round);
        }
    }

    private static byte[] Filled(int value, int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static byte[] Ascii(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            bytes[i] = (byte)text[i];
        }

        return bytes;
    }

    private static string Hex(byte[] bytes)
    {
        const string Digits = "0123456789abcdef";
        char[] text = new char[bytes.Length * 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = Digits[bytes[i] >> 4];
            text[2 * i + 1] = Digits[bytes[i] & 0xF];
        }

        return new string(text);
    }
}
