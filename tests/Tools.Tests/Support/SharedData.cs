using System;
using System.IO;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>Recorded data beside the checkout; a clone without it skips what needs it.</summary>
public static class SharedData
{
    /// <summary>Full path of a file below shared/data, or the test ends as skipped.</summary>
    public static string Require(string relativePath)
    {
        string root = Find();
        if (root == null)
        {
            Assert.Inconclusive("skipped: ../shared not found");
        }

        return Path.Combine(root, "data", relativePath);
    }

    private static string Find()
    {
        string given = Environment.GetEnvironmentVariable("METER_SHARED");
        if (!string.IsNullOrEmpty(given))
        {
            return Directory.Exists(given) ? given : null;
        }

        for (DirectoryInfo folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "data")))
            {
                return candidate;
            }
        }

        return null;
    }
}
