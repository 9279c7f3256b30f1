using MeterFirmware.Tools.MeterCtl.Simulation;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>The real broker for a test, or the end of the test.</summary>
internal static class Mosquitto
{
    /// <summary>Starts a broker, or ends the test as skipped where the program is not installed.</summary>
    public static MosquittoBroker StartOrSkip()
    {
        MosquittoBroker broker = MosquittoBroker.TryStart();
        if (broker == null)
        {
            Assert.Inconclusive("skipped: mosquitto not found");
        }

        return broker;
    }
}
