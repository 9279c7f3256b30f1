using System.Text;

namespace MeterFirmware.Tools.Input;

/// <summary>
/// Opens a text in the encoding that it is in: by its byte order mark, by the zeros of UTF-16, as UTF-8, as GBK when
/// all other bytes stand in pairs of GB 2312, as Windows-1252 when they all stand alone. Anything else is an error that
/// proposes the option.
/// </summary>
public static class TextFile
{
    /// <summary>What --encoding takes.</summary>
    public static readonly string[] Encodings = ["utf-8", "utf-16", "utf-16be", "gbk", "windows-1252"];

    private const int SampleBytes = 65_536;

    /// <summary>A year of seconds, 31 million rows, is larger; a year of minutes has some 20 MB.</summary>
    private const long BytesMax = 256L << 20;

    static TextFile() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="path">As the user gave it.</param>
    /// <param name="encoding">One of <see cref="Encodings"/>; null: found by itself.</param>
    public static StreamReader Open(string path, string? encoding = null)
    {
        try
        {
            Stream file = Seekable(path, File.OpenRead(path));
            try
            {
                byte[] sample = new byte[SampleBytes];
                int count = file.ReadAtLeast(sample, SampleBytes, throwOnEndOfStream: false);
                file.Position = 0;
                Encoding found = encoding is null ? Find(path, sample.AsSpan(0, count)) : Named(encoding);
                return new StreamReader(file, Strict(found), detectEncodingFromByteOrderMarks: false);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}");
        }
    }

    /// <summary>The whole text without its mark; <see cref="InputException"/> when it is not in its encoding.</summary>
    public static string Read(string path, string? encoding = null)
    {
        using StreamReader reader = Open(path, encoding);
        return reader.BaseStream.Length > BytesMax
            ? throw TooLarge(path)
            : Guard(path, reader, () => reader.ReadToEnd()).TrimStart('\uFEFF');
    }

    /// <summary>Whether the text begins as JSON does.</summary>
    public static bool IsJson(string path)
    {
        using StreamReader reader = Open(path);
        int first;
        do
        {
            first = Guard(path, reader, reader.Read);
        }
        while (first is ' ' or '\n' or '\r' or '\t' or '\uFEFF');
        return first is '{' or '[';
    }

    /// <summary>Runs a reading step; bytes that the encoding does not know become an error with its option.</summary>
    public static T Guard<T>(string path, StreamReader reader, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException)
        {
            throw new InputException($"{path}: bytes that are no {reader.CurrentEncoding.WebName}; {Proposal}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}");
        }
    }

    /// <summary>A pipe is kept in memory: its encoding is found in what is then read again.</summary>
    private static Stream Seekable(string path, FileStream file)
    {
        if (file.CanSeek)
        {
            return file;
        }

        using (file)
        {
            MemoryStream copy = new();
            byte[] buffer = new byte[SampleBytes];
            for (int count; (count = file.Read(buffer)) > 0;)
            {
                copy.Write(buffer, 0, count);
                if (copy.Length > BytesMax)
                {
                    throw TooLarge(path);
                }
            }

            copy.Position = 0;
            return copy;
        }
    }

    private static InputException TooLarge(string path) =>
        new($"{path}: larger than {BytesMax >> 20} MB; that is no load file");

    private static string Proposal => $"--encoding says what it is: {string.Join(", ", Encodings)}";

    private static Encoding Find(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || CountZeros(bytes, 1) * 4 > bytes.Length)
        {
            return Encoding.Unicode;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || CountZeros(bytes, 0) * 4 > bytes.Length)
        {
            return Encoding.BigEndianUnicode;
        }

        // A sequence that the end of the sample cuts is none of its faults.
        int end = bytes.Length;
        while (bytes.Length == SampleBytes && end > SampleBytes - 4 && bytes[end - 1] >= 0x80)
        {
            end--;
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes[..end]))
        {
            return Encoding.UTF8;
        }

        (bool arePairs, bool areAlone) = HighBytes(bytes);
        return arePairs ? Named("gbk") : areAlone ? Named("windows-1252")
            : throw new InputException($"{path}: neither UTF-8 nor UTF-16 nor GBK; {Proposal}");
    }

    private static int CountZeros(ReadOnlySpan<byte> bytes, int from)
    {
        int zeros = 0;
        for (int i = from; i < bytes.Length; i += 2)
        {
            zeros += bytes[i] == 0 ? 1 : 0;
        }

        return zeros;
    }

    /// <summary>Whether the bytes above 127 all come as pairs of GB 2312 (A1–F7, A1–FE), and whether each stands
    /// alone. A run that the end of the sample may cut tells neither.</summary>
    private static (bool ArePairs, bool AreAlone) HighBytes(ReadOnlySpan<byte> bytes)
    {
        bool arePairs = true;
        bool areAlone = true;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
            {
                continue;
            }

            int run = 1;
            while (i + run < bytes.Length && bytes[i + run] >= 0x80)
            {
                run++;
            }

            if (i + run == SampleBytes)
            {
                break;
            }

            arePairs &= run % 2 == 0 && bytes[i] is >= 0xA1 and <= 0xF7 && bytes[i + 1] >= 0xA1;
            areAlone &= run == 1;
            i += run - 1;
        }

        return (arePairs, areAlone);
    }

    private static Encoding Named(string name) => name switch
    {
        "utf-8" => Encoding.UTF8,
        "utf-16" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "gbk" => Encoding.GetEncoding("GB18030"),
        "windows-1252" => Encoding.GetEncoding(1252),
        _ => throw new InputException($"--encoding: '{name}', one of {string.Join(", ", Encodings)} was expected"),
    };

    private static Encoding Strict(Encoding encoding)
    {
        Encoding strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }
}
