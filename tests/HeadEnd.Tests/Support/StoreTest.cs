using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.ExceptionServices;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>Tests of one store: every suite derives once for each database.</summary>
public abstract class StoreTest<TPlace> : IDisposable
    where TPlace : StorePlace, new()
{
    private readonly List<string> _said = [];

    protected TPlace Place { get; private set; }

    internal HeadEndCounters Counters { get; } = new();

    /// <summary>Lines for people.</summary>
    protected IReadOnlyList<string> Said => _said;

    /// <summary>A place that is not there skips the test: in a constructor that would be a failure.</summary>
    [TestInitialize]
    public void MakePlace()
    {
        try
        {
            Place = new TPlace();
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Capture(e.InnerException!).Throw();
        }
    }

    public void Dispose()
    {
        Place?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the test's store, new or again.</summary>
    internal TestedStore Open(int retentionMonths = 0, Func<DateTimeOffset> utcNow = null) =>
        new(Place.Open(), _said.Add, retentionMonths, utcNow);
}
