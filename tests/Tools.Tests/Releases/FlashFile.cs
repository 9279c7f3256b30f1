using System;
using System.IO;
using System.IO.Compression;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>A whole flash as one file: for each block its length (4 bytes, little-endian) and its bytes, gzip around
/// all.</summary>
internal static class FlashFile
{
    public static void Save(string path, IBlockStore flash)
    {
        using BinaryWriter writer = new(new GZipStream(File.Create(path), CompressionLevel.SmallestSize));
        for (int block = 0; block < flash.BlockCount; block++)
        {
            byte[] bytes = new byte[flash.LengthOf(block)];
            if (bytes.Length > 0 && !flash.TryRead(block, 0, bytes, 0, bytes.Length))
            {
                throw new InvalidDataException($"block {block} cannot be read");
            }

            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
    }

    /// <summary>A store in RAM that holds what the file holds. It may have more blocks than the file: an update adds
    /// them at the end.</summary>
    public static RamBlockStore Load(string path, int blockCount, int blockBytes)
    {
        RamBlockStore store = new(blockCount, blockBytes);
        using BinaryReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        for (int block = 0; TryReadLength(reader, out int length); block++)
        {
            byte[] bytes = reader.ReadBytes(length);
            if (bytes.Length != length || (length > 0 && !store.TryAppend(block, bytes, 0, length)))
            {
                throw new InvalidDataException($"{path}: block {block} does not fit");
            }
        }

        return store;
    }

    private static bool TryReadLength(BinaryReader reader, out int length)
    {
        byte[] bytes = reader.ReadBytes(4);
        length = bytes.Length == 4 ? BitConverter.ToInt32(bytes) : 0;
        return bytes.Length == 4;
    }
}
