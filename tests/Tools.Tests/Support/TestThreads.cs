using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>A test that waits blocks a thread of the pool. The pool begins with one thread a core and adds about one
/// a second: then a server of the same test, or of the one beside it, would stand still for seconds.</summary>
[TestClass]
public static class TestThreads
{
    private const int ThreadsMin = 64;

    [AssemblyInitialize]
    public static void Begin(TestContext _) => ThreadPool.SetMinThreads(ThreadsMin, ThreadsMin);
}
