using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What a street of chargers does when the mains are back: each waits for a time of its own.</summary>
[TestClass]
public class MainsReturnTests
{
    private const int StreetCount = 100;
    private const int WaitSeconds = 600;
    private const int FullMilliamps = 16_000;

    [TestMethod]
    public void AHundredChargersComeBackAtATenthAMinuteAndAFifthInTheFullest()
    {
        // The waits that the products draw; the current that they draw is looked at in the long run below.
        int[] full = new int[WaitSeconds + 1];
        for (int i = 0; i < StreetCount; i++)
        {
            SimulatedCharger charger = Charger(i, WaitSeconds);
            charger.Run(200);
            full[charger.Product.Return.SecondsLeft(charger.Clock.NowMs)]++;
        }

        JudgeStreet(full);
    }

    [TestMethod]
    public void AnotherOutageIsAnotherWait()
    {
        SimulatedCharger charger = Charger(3, WaitSeconds);
        HashSet<int> waits = [];
        for (int outage = 0; outage < 10; outage++)
        {
            charger.LosePower(60_000, isWarned: false);
            charger.Run(200);
            waits.Add(charger.Product.Return.SecondsLeft(charger.Clock.NowMs));
        }

        Assert.IsGreaterThan(7, waits.Count);
    }

    [TestMethod]
    public void AStreetThatDrawsCurrentRisesNoFasterThanItsWaits()
    {
        LongRun.AskedOrSkip();
        int[] full = new int[WaitSeconds + 60];
        for (int i = 0; i < StreetCount; i++)
        {
            SimulatedCharger charger = Charger(i, WaitSeconds);
            charger.Vehicle.PlugIn();
            int second = 0;
            while (charger.Vehicle.Milliamps < FullMilliamps)
            {
                charger.Run(1_000);
                second++;
            }

            full[second]++;
        }

        JudgeStreet(full);
    }

    [TestMethod]
    public void NothingIsOfferedBeforeTheWaitIsOverAndTheReadingSaysHowLong()
    {
        SimulatedCharger charger = Charger(7, WaitSeconds);
        charger.Vehicle.PlugIn();
        charger.Product.Plan?.Boost(true);
        charger.Run(200);
        int left = charger.Product.Return.SecondsLeft(charger.Clock.NowMs);
        Assert.IsTrue(left is > 2 and <= WaitSeconds, $"{left} s");
        StringAssert.Contains(Instant(charger), $"\"mainsWaitSeconds\":{left}");
        for (long end = charger.Clock.NowMs + (left - 1) * 1000L; charger.Clock.NowMs < end; charger.Step())
        {
            Assert.AreEqual(PilotDuty.SteadyHigh, charger.Bench.DutyHundredths);
        }

        charger.Run(5_000);
        Assert.AreNotEqual(PilotDuty.SteadyHigh, charger.Bench.DutyHundredths);
        Assert.IsFalse(Instant(charger).Contains("mainsWait", StringComparison.Ordinal));
    }

    [TestMethod]
    public void AFaultOfTheMainsIsAnOutageAndNotOneTickIsOfferedBetweenFaultAndWait()
    {
        foreach (Action<ChargerBench> disturb in new Action<ChargerBench>[]
        {
            b => Array.Fill(b.MillivoltsOfMains, 100_000), b => Array.Fill(b.MillivoltsOfMains, 275_000),
            b => b.MillihertzOfMains = 45_000, b => b.MillivoltsOfMains[1] = 0,
        })
        {
            SimulatedCharger charger = Charger(12, 60);
            charger.Vehicle.PlugIn();
            charger.Run(80_000);
            Assert.IsTrue(charger.Bench.IsCoilOn);
            disturb(charger.Bench);
            charger.Run(15_000);
            Assert.IsFalse(charger.Bench.IsCoilOn);
            Array.Fill(charger.Bench.MillivoltsOfMains, 230_000);
            charger.Bench.MillihertzOfMains = 50_000;
            int waited = 0;
            while (charger.Bench.DutyHundredths == PilotDuty.SteadyHigh)
            {
                charger.Step();
                waited += charger.Product.Controller.State.ActiveFaults == 0 ? SimulatedCharger.TickMs : 0;
                Assert.IsTrue(waited < 70_000, "it never offers again");
            }

            // A vehicle without a wait is offered its current in the tick in which the fault ends.
            Assert.IsTrue(waited > 1_000, $"offered after {waited} ms");
        }
    }

    [TestMethod]
    public void WithoutTheSettingNothingWaitsAndTheGridWantsNothing()
    {
        SimulatedCharger charger = Charger(7, 0);
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        charger.Bench.MillihertzOfMains = 45_000;
        charger.Run(10_000);
        Assert.IsTrue(charger.Product.Limits.SetPoints.TryGet(charger.Clock.NowMs, out int _, out int source));
        Assert.AreEqual(SetPointSource.Price, source);
        charger.LosePower(5_000, isWarned: true);
        charger.Run(10_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void ARestartByItsOwnWillIsNoOutage()
    {
        SimulatedCharger charger = Charger(7, WaitSeconds, restarts: true);
        charger.Run(1_000);
        Assert.IsGreaterThan(0, charger.Product.Return.SecondsLeft(charger.Clock.NowMs));
        Assert.AreEqual(CommandRefusal.None, new CommandDesk(charger).Do(CommandCode.Restart, "{}"));
        charger.Run(1_000);
        Assert.AreEqual(1, charger.Restarts);
        Assert.AreEqual(0, charger.Product.Return.SecondsLeft(charger.Clock.NowMs));
    }

    private static void JudgeStreet(int[] full)
    {
        int fullest = Enumerable.Range(0, full.Length).Max(from => full.Skip(from).Take(60).Sum());
        int last = Array.FindLastIndex(full, count => count > 0);
        Assert.AreEqual(StreetCount, full.Sum());
        Assert.IsTrue(fullest <= StreetCount / 5, $"{fullest} of {StreetCount} in the fullest minute");
        Assert.IsTrue(last >= 0.95 * WaitSeconds, $"all are back after {last} s");
    }

    private static string Instant(SimulatedCharger charger)
    {
        ByteTextWriter json = new(2_048);
        json.BeginObject();
        charger.Product.Instants.WriteExtra(json);
        json.EndObject();
        return System.Text.Encoding.UTF8.GetString(json.Bytes, 0, json.Length);
    }

    private static SimulatedCharger Charger(int number, int returnSeconds, bool restarts = false) =>
        new(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = 1_772_400_000,
            Telemetry = new TelemetrySettings { Product = "ev-charger", Device = $"street-{number:000}" },
            ReturnSeconds = returnSeconds,
            Restarts = restarts,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 1_000_000 }),
        };
}
