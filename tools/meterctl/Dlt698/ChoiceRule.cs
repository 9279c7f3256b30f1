namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>A tag and what it stands for.</summary>
public sealed class ChoiceRule(Func<IReadOnlyDictionary<int, (string Name, Dlt698Rule? Rule)>> choices) : Dlt698Rule
{
    public override Dlt698Node Parse(Dlt698Cursor cursor, string name)
    {
        int at = cursor.At;
        byte tag = (byte)cursor.Byte(name);
        if (!choices().TryGetValue(tag, out (string Name, Dlt698Rule? Rule) choice))
        {
            throw new AnswerException($"message: {name}: no choice {tag:X2} is known at byte {at}");
        }

        Dlt698Node node = new(name, this) { Bytes = [tag] };
        if (choice.Rule != null)
        {
            cursor.Enter();
            node.Parts.Add(choice.Rule.Parse(cursor, choice.Name));
            cursor.Leave();
        }

        return node;
    }

    public override void Write(Dlt698Node node, List<byte> bytes)
    {
        bytes.AddRange(node.Bytes);
        WriteParts(node, bytes);
    }
}
