using System.Reflection;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>
/// What a graph of objects costs on nanoCLR, in 12-byte heap blocks (facts/nanoframework.md, "Memory"): an object takes
/// one block and one for every field; an array of primitives one block and its packed bytes; an array of references
/// one block and one for every element; a string one block and its object of UTF-8 bytes.
/// </summary>
public static class HeapEstimate
{
    private const int BlockBytes = 12;

    /// <summary>Bytes of everything reachable from <paramref name="root"/> that <paramref name="owns"/>
    /// accepts.</summary>
    public static long BytesOf(object root, Func<Type, bool> owns) => HoldersOf(root, owns).Sum(holder => holder.Bytes);

    /// <summary>The same bytes by holder, greatest first: a type for its objects, type and field for the arrays and
    /// strings that are reached through it.</summary>
    public static List<Holder> HoldersOf(object root, Func<Type, bool> owns)
    {
        Dictionary<string, Holder> holders = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<(object Item, string Name, string Room)> open = new([(root, root.GetType().Name, "")]);
        while (open.TryPop(out (object Item, string Name, string Room) next))
        {
            if (!seen.Add(next.Item) || !(next.Item is string || next.Item is Array || owns(next.Item.GetType())))
            {
                continue;
            }

            bool isData = next.Item is string or Array;
            string name = isData ? next.Name : next.Item.GetType().Name;
            string room = isData
                ? next.Room : next.Item.GetType().Namespace!.Replace("MeterFirmware.", "", StringComparison.Ordinal);
            long bytes = BlocksOf(next.Item, name, room, open) * BlockBytes;
            Holder old = holders.GetValueOrDefault(name, new Holder(name, room, 0, 0));
            holders[name] = old with { Count = old.Count + 1, Bytes = old.Bytes + bytes };
        }

        return [.. holders.Values.OrderByDescending(holder => holder.Bytes)
            .ThenBy(holder => holder.Name, StringComparer.Ordinal)];
    }

    private static long BlocksOf(object item, string name, string room,
        Stack<(object Item, string Name, string Room)> open)
    {
        if (item is string text)
        {
            return 2 + Blocks(System.Text.Encoding.UTF8.GetByteCount(text) + 1);
        }

        if (item is Array array)
        {
            Type element = array.GetType().GetElementType()!;
            if (element.IsPrimitive || element.IsEnum)
            {
                return 1 + Blocks((long)array.Length * SizeOf(element));
            }

            foreach (object? child in array)
            {
                if (child is not null && !child.GetType().IsPrimitive)
                {
                    open.Push((child, name, room));
                }
            }

            return 1 + array.Length;
        }

        long fields = 0;
        for (Type? type = item.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public
                | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                fields++;
                if (!field.FieldType.IsPrimitive && field.GetValue(item) is { } child && !child.GetType().IsPrimitive
                    && !child.GetType().IsEnum)
                {
                    open.Push((child, type.Name + "." + Name(field), room));
                }
            }
        }

        return 1 + fields;
    }

    /// <summary>An automatic property's field carries the property's name.</summary>
    private static string Name(FieldInfo field) =>
        field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>')] : field.Name;

    private static long Blocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    private static int SizeOf(Type primitive) =>
        primitive.IsEnum ? SizeOf(primitive.GetEnumUnderlyingType()) : primitive == typeof(bool) ? 1
            : primitive == typeof(char) ? 2 : System.Runtime.InteropServices.Marshal.SizeOf(primitive);

    /// <summary>Objects of one holder, the room of the type that holds them, and their bytes at 12 a heap
    /// block.</summary>
    public readonly record struct Holder(string Name, string Room, int Count, long Bytes);
}
