using System;
using System.IO;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>Key files as meterctl takes them: only the owner may read them.</summary>
internal static class SecretFile
{
    /// <summary>Returns the path.</summary>
    public static string Write(string folder, string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        Protect(path);
        return path;
    }

    public static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
