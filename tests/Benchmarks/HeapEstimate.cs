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

    /// <summary>Bytes of everything reachable from <paramref name="root"/> that <paramref name="owns"/> accepts.</summary>
    public static long BytesOf(object root, Func<Type, bool> owns)
    {
        long blocks = 0;
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new([root]);
        while (open.TryPop(out object? item))
        {
            if (!seen.Add(item) || !(item is string || item is Array || owns(item.GetType())))
            {
                continue;
            }

            blocks += BlocksOf(item, open);
        }

        return blocks * BlockBytes;
    }

    private static long BlocksOf(object item, Stack<object> open)
    {
        if (item is string text)
        {
            return 2 + Blocks(System.Text.Encoding.UTF8.GetByteCount(text) + 1);
        }

        if (item is Array array)
        {
            Type element = array.GetType().GetElementType()!;
            if (element.IsPrimitive)
            {
                return 1 + Blocks((long)array.Length * SizeOf(element));
            }

            foreach (object? child in array)
            {
                if (child is not null && !child.GetType().IsPrimitive)
                {
                    open.Push(child);
                }
            }

            return 1 + array.Length;
        }

        long fields = 0;
        for (Type? type = item.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                fields++;
                if (!field.FieldType.IsPrimitive && field.GetValue(item) is { } child && !child.GetType().IsPrimitive && !child.GetType().IsEnum)
                {
                    open.Push(child);
                }
            }
        }

        return 1 + fields;
    }

    private static long Blocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    private static int SizeOf(Type primitive) =>
        primitive == typeof(bool) ? 1 : primitive == typeof(char) ? 2 : System.Runtime.InteropServices.Marshal.SizeOf(primitive);
}
