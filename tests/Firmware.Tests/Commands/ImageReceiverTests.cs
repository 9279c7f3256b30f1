using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>An image in pieces: resumed, checked as a whole, and refused when anything of it is wrong.</summary>
[TestClass]
public class ImageReceiverTests
{
    private const int ImageBytes = 10_000;
    private const int Piece = 1_500;

    [TestMethod]
    public void AnImageInPiecesIsVerifiedAsAWhole()
    {
        RamBlockStore store = new RamBlockStore(5, 4_096);
        ImageReceiver receiver = New(store);
        byte[] image = Image();
        Assert.AreEqual(CommandRefusal.None, Send(receiver, image, Mac(image), 0, ImageBytes));
        Assert.AreEqual(ImageReceiver.Verifying, receiver.State);
        RunToEnd(receiver);
        Assert.AreEqual(ImageReceiver.Verified, receiver.State);
        byte[] read = new byte[ImageBytes];
        Assert.IsTrue(receiver.TryRead(0, read, ImageBytes));
        for (int i = 0; i < ImageBytes; i++)
        {
            Assert.AreEqual((int)image[i], (int)read[i]);
        }

        Assert.IsFalse(receiver.TryRead(1, read, ImageBytes), "not one byte more");
    }

    [TestMethod]
    public void AfterARestartTheRestIsEnough()
    {
        RamBlockStore store = new RamBlockStore(5, 4_096);
        byte[] image = Image();
        Assert.AreEqual(CommandRefusal.None, Send(New(store), image, Mac(image), 0, 4_500));
        ImageReceiver after = New(store);
        Assert.AreEqual(4_500, after.Received);
        Assert.AreEqual(CommandRefusal.None, Send(after, image, null, 4_500, ImageBytes));
        RunToEnd(after);
        Assert.AreEqual(ImageReceiver.Verified, after.State);
        ImageReceiver again = New(store);
        RunToEnd(again);
        Assert.AreEqual(ImageReceiver.Verified, again.State, "checked anew at every start");
    }

    [TestMethod]
    public void OneWrongByteMakesTheWholeBad()
    {
        ImageReceiver receiver = New(new RamBlockStore(5, 4_096));
        byte[] image = Image();
        string mac = Mac(image);
        image[7_777] ^= 1;
        Assert.AreEqual(CommandRefusal.None, Send(receiver, image, mac, 0, ImageBytes));
        RunToEnd(receiver);
        Assert.AreEqual(ImageReceiver.Bad, receiver.State);
    }

    [TestMethod]
    public void APieceOutOfTurnOrTooLongIsRefusedAndChangesNothing()
    {
        ImageReceiver receiver = New(new RamBlockStore(5, 4_096));
        byte[] image = Image();
        Assert.AreEqual(CommandRefusal.WrongState, Send(receiver, image, null, 1_500, 3_000), "none was begun");
        Assert.AreEqual(CommandRefusal.None, Send(receiver, image, Mac(image), 0, 3_000));
        Assert.AreEqual(CommandRefusal.WrongState, Send(receiver, image, null, 4_500, 6_000), "a hole");
        Assert.AreEqual(CommandRefusal.WrongState, Send(receiver, image, null, 1_500, 3_000), "one again");
        Assert.AreEqual(CommandRefusal.WrongState, Execute(receiver, "{\"bytes\":9999,\"at\":3000,\"data\":\"AAAA\"}"),
            "another total");
        Assert.AreEqual(CommandRefusal.OutOfRange,
            Execute(receiver, "{\"bytes\":16385,\"at\":0,\"data\":\"AAAA\",\"mac\":\"" + Mac(image) + "\"}"));
        Assert.AreEqual(CommandRefusal.BadArgument,
            Execute(receiver, "{\"bytes\":10000,\"at\":0,\"data\":\"AAAA\",\"mac\":\"12\"}"));
        Assert.AreEqual(CommandRefusal.BadArgument, Execute(receiver, "{\"bytes\":10000,\"at\":0,\"data\":\"AAAA\"}"));
        Assert.AreEqual(3_000, receiver.Received);
        Assert.AreEqual(ImageReceiver.Receiving, receiver.State);
    }

    [TestMethod]
    public void AnImageUnderAnotherDevicesKeyIsBad()
    {
        ImageReceiver receiver = New(new RamBlockStore(5, 4_096));
        byte[] image = Image();
        byte[] other = Secret();
        other[0] ^= 1;
        Assert.AreEqual(CommandRefusal.None, Send(receiver, image, Mac(image, other), 0, ImageBytes));
        RunToEnd(receiver);
        Assert.AreEqual(ImageReceiver.Bad, receiver.State);
    }

    private static ImageReceiver New(RamBlockStore store)
    {
        DeviceSecurity security = new DeviceSecurity(new CheckpointStore(new RamBlockStore(2, 1_024),
            DeviceSecurity.StateBytes));
        Assert.IsTrue(security.TryCommission(Secret()));
        return new ImageReceiver(store, security);
    }

    private static int Send(ImageReceiver receiver, byte[] image, string mac, int from, int to)
    {
        for (int at = from; at < to; at += Piece)
        {
            int count = to - at < Piece ? to - at : Piece;
            string text = "{\"bytes\":10000,\"at\":" + at.ToString() + ",\"data\":\""
                + System.Convert.ToBase64String(image, at, count) + "\""
                + (at == 0 ? ",\"mac\":\"" + mac + "\"" : "") + "}";
            int refusal = Execute(receiver, text);
            if (refusal != CommandRefusal.None)
            {
                return refusal;
            }
        }

        return CommandRefusal.None;
    }

    private static int Execute(ImageReceiver receiver, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        FlatJson arguments = new FlatJson(16, 4);
        Assert.IsTrue(arguments.TryRead(bytes, 0, bytes.Length));
        ByteTextWriter result = new ByteTextWriter(512);
        result.BeginObject();
        return receiver.Execute(arguments, result);
    }

    private static void RunToEnd(ImageReceiver receiver)
    {
        for (int i = 0; i < 20; i++)
        {
            receiver.Tick();
        }
    }

    private static byte[] Image()
    {
        byte[] image = new byte[ImageBytes];
        for (int i = 0; i < image.Length; i++)
        {
            image[i] = (byte)(i * 31 + i / 256);
        }

        return image;
    }

    private static byte[] Secret()
    {
        byte[] secret = new byte[DeviceSecurity.SecretBytes];
        for (int i = 0; i < secret.Length; i++)
        {
            secret[i] = (byte)(i + 1);
        }

        return secret;
    }

    private static string Mac(byte[] image) => Mac(image, Secret());

    private static string Mac(byte[] image, byte[] secret)
    {
        HmacSha256 hmac = new HmacSha256();
        DeviceSecurity.LoadImageKeyOf(hmac, secret);
        hmac.Add(image, 0, image.Length);
        byte[] tag = new byte[HmacSha256.TagBytes];
        hmac.Finish(tag, 0);
        string text = "";
        for (int i = 0; i < tag.Length; i++)
        {
            text += "0123456789abcdef"[tag[i] >> 4].ToString() + "0123456789abcdef"[tag[i] & 15].ToString();
        }

        return text;
    }
}
