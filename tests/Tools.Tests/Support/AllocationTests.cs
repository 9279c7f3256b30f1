using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>The measure itself: what is allocated once does not count, what is allocated each time does.</summary>
[TestClass]
public class AllocationTests
{
    private object _kept;

    [TestMethod]
    public void WhatIsAllocatedInEachRoundFails()
    {
        Assert.ThrowsExactly<AssertFailedException>(() => Allocation.AssertNone(() => _kept = new byte[8]));
        Assert.ThrowsExactly<AssertFailedException>(() => Allocation.AssertNone(() => () => _kept = new byte[8]));
        Assert.IsNotNull(_kept);
    }

    [TestMethod]
    public void WhatIsAllocatedOnceDoesNotCount()
    {
        int round = 0;
        Allocation.AssertNone(() =>
        {
            if (round++ == 0)
            {
                _kept = new byte[5_960];
            }
        });
        Assert.AreEqual(2, round);
    }
}
