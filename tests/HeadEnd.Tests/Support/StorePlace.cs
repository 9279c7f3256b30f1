using System;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>Where a test's store lies; it outlives the store, and goes with the test.</summary>
public abstract class StorePlace : IDisposable
{
    /// <summary>Opens the store there, new or with what it held.</summary>
    public abstract IHeadEndStore Open();

    public abstract void Dispose();
}
