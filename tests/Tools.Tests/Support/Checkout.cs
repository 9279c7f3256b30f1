using System;
using System.IO;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>The checkout that the tests were built in.</summary>
public static class Checkout
{
    /// <summary>Folder that holds MeterFirmware.sln. Throws DirectoryNotFoundException outside a checkout.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "MeterFirmware.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("MeterFirmware.sln above " + AppContext.BaseDirectory);
    }
}
