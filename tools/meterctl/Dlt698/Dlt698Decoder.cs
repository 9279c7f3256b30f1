using System.Globalization;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Explains DL/T 698.45 frames.</summary>
public static class Dlt698Decoder
{
    private static readonly string[] _types = ["single", "wildcard", "group", "broadcast"];
    private static readonly string[] _fragments = ["first", "last", "acknowledge", "middle"];

    /// <summary>All frames; wake-up bytes in front are skipped. A bad one ends at the next 68.</summary>
    public static List<Dlt698DecodedFrame> Decode(byte[] bytes)
    {
        List<Dlt698DecodedFrame> frames = [];
        Dlt698Frame frame = new();
        int at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] == Dlt698Protocol.WakeUp)
            {
                at++;
                continue;
            }

            Dlt698Check check = frame.Decode(bytes, at, bytes.Length - at, out int used);
            if (check != Dlt698Check.None)
            {
                frames.Add(new Dlt698DecodedFrame { Error = Explain(check, bytes, at) });
                int next = Array.IndexOf(bytes, Dlt698Protocol.Start, at + 1);
                at = next < 0 ? bytes.Length : next;
                continue;
            }

            frames.Add(Explain(frame));
            at += used;
        }

        if (frames.Count == 0)
        {
            frames.Add(new Dlt698DecodedFrame { Error = "truncated: no 68" });
        }

        return frames;
    }

    /// <summary>Server address with the high digit first.</summary>
    public static string AddressText(Dlt698Frame frame) =>
        string.Concat(Enumerable.Range(0, frame.AddressLength).Select(i
            => $"{frame.Address[frame.AddressLength - 1 - i]:X2}"));

    /// <summary>One message, joined from its fragments if it came so.</summary>
    /// <param name="address">Who sent it.</param>
    public static Dlt698DecodedFrame Explain(byte[] message, string? address)
    {
        Dlt698DecodedFrame shown = new() { Address = address, Direction = "from server" };
        TryFill(shown, message);
        return shown;
    }

    private static string Explain(Dlt698Check check, byte[] bytes, int at)
    {
        int left = bytes.Length - at;
        return check switch
        {
            Dlt698Check.Start => $"start: expected 68 at byte {at}, found {bytes[at]:X2}",
            Dlt698Check.Length => $"length: {bytes[at + 2]:X2}{bytes[at + 1]:X2} at byte {at + 1} fits no frame",
            Dlt698Check.Truncated => $"truncated: {left} bytes from byte {at} on, the frame is longer",
            Dlt698Check.HeaderCheck => $"header check of the frame at byte {at}",
            Dlt698Check.FrameCheck => $"frame check of the frame at byte {at}",
            _ => $"end: expected 16 behind the frame at byte {at}",
        };
    }

    private static Dlt698DecodedFrame Explain(Dlt698Frame frame)
    {
        Dlt698DecodedFrame shown = new()
        {
            Address = AddressText(frame),
            AddressType = _types[frame.AddressType],
            LogicalAddress = frame.LogicalAddress,
            Client = frame.ClientAddress,
            Control = $"{frame.Control:X2}",
            Direction = frame.IsFromServer ? "from server" : "from client",
        };
        if (frame.IsFragment)
        {
            bool isThere = frame.FragmentKind >= 0;
            shown.Fragment = isThere ? $"{_fragments[frame.FragmentKind]} {frame.FragmentBlock}" : null;
            shown.Error = isThere ? null : "fragment: its head has two bytes";
            return shown;
        }

        TryFill(shown, frame.Data[..frame.Length]);
        return shown;
    }

    private static void TryFill(Dlt698DecodedFrame shown, byte[] message)
    {
        try
        {
            Fill(shown, Dlt698Grammar.Parse(message));
        }
        catch (AnswerException e)
        {
            shown.Error = e.Message;
        }
    }

    private static void Fill(Dlt698DecodedFrame shown, Dlt698Node message)
    {
        Dlt698Node service = message.Parts[0];
        Dlt698Node body = service.Parts[0];
        string choice = body.Rule is ChoiceRule ? " " + body.Parts[0].Name : "";
        shown.Service = service.Name + choice;
        AddFields(shown, message, "");
    }

    /// <summary>Leaves in order; a value bears the name of the object that was told last.</summary>
    private static void AddFields(Dlt698DecodedFrame shown, Dlt698Node node, string objectText)
    {
        foreach (Dlt698Node part in node.Parts)
        {
            Dlt698Look look = part.Rule is FixedRule fixedRule ? fixedRule.Look
                : part.Rule is OctetsRule octets ? octets.Look : Dlt698Look.Nothing;
            bool isLeaf = part.Rule is FixedRule or OctetsRule && look != Dlt698Look.Nothing;
            if (look is Dlt698Look.Oad or Dlt698Look.Omd)
            {
                objectText = Convert.ToHexString(part.Bytes);
            }

            string name = part.Name is "row" ? objectText : part.Name;
            bool isColumn = part.Name.Length > 8 && part.Name[8] == ' ' && part.Name[..8].All(char.IsAsciiHexDigit);
            string told = isColumn ? part.Name[..8] : objectText;
            if (look == Dlt698Look.Dar && part.Bytes[0] != 0)
            {
                shown.Refused.Add(Dlt698Words.Text(part));
            }

            if (isLeaf)
            {
                shown.Fields.Add(Field(name, part, told, look));
                AddInner(shown, part);
            }
            else if (part.Name is "null" or "none")
            {
                continue;
            }

            AddFields(shown, part, told);
        }
    }

    private static Dlt698Field Field(string name, Dlt698Node leaf, string objectText, Dlt698Look look)
    {
        string text = Dlt698Words.Text(leaf);
        bool isNumber = look is Dlt698Look.Unsigned or Dlt698Look.Signed
            && leaf.Name is "i32" or "u32" or "i64" or "u64" or "i16" or "u16";
        if (!isNumber || objectText.Length < 8)
        {
            return new(name, text, "");
        }

        int oi = Convert.ToInt32(objectText[..4], 16);
        string known = Dlt698Words.Find(oi, out int digits, out string unit);

        // Energies have two more digits under attribute 4.
        digits += oi < 0x0100 && (Convert.ToInt32(objectText[4..6], 16) & 0x1F) == 4 ? 2 : 0;
        decimal divisor = (decimal)Math.Pow(10, digits);
        decimal value = decimal.Parse(text, CultureInfo.InvariantCulture) / divisor;
        return new(known == "" ? name : known, value.ToString("F" + digits, CultureInfo.InvariantCulture), unit);
    }

    /// <summary>A proxy's bytes may be a frame, those of a security service a message.</summary>
    private static void AddInner(Dlt698DecodedFrame shown, Dlt698Node leaf)
    {
        if (leaf.Name == "bytes" && leaf.Bytes.Length >= Dlt698Protocol.FrameLengthMin)
        {
            shown.Inner.AddRange(Decode(leaf.Bytes));
        }
        else if (leaf.Name == "plain" && leaf.Bytes.Length > 0)
        {
            Dlt698DecodedFrame inner = new();
            TryFill(inner, leaf.Bytes);
            shown.Inner.Add(inner);
        }
    }
}
