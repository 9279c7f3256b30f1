using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A bill's times: its length is the monotonic clock's, its dates are those of the calendar once that is known.</summary>
[TestClass]
public class SessionTimeTests
{
    /// <summary>2026-03-02T09:30:00+08:00, half an hour before the dear rate.</summary>
    private const long StartUtcSeconds = 1_772_415_000;

    internal static TariffTable Tariff()
    {
        const string Text = """
            {"name":"test","timezone":"+08:00","currency":"CNY","rates":["day","dear"],
             "days":{"all":[["00:00","day"],["10:00","dear"],["12:00","day"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],
             "prices":{"day":"0.617","dear":"1.2345"},"serviceFee":"0.4"}
            """;
        return TariffSource.Parse(Text).Table;
    }

    internal static SimulatedChargerParts Options(bool isFree = true, long startUtcSeconds = StartUtcSeconds) => new()
    {
        Tariff = Tariff(),
        StartUtcSeconds = startUtcSeconds,
        Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = isFree },
    };

    /// <summary>All session records of the journal, their tags checked.</summary>
    internal static List<SessionRecord> Records(SimulatedChargerParts options)
    {
        List<SessionRecord> sessions = [];
        byte[] bytes = new byte[2_048];
        HmacSha256 hmac = new();
        hmac.SetKey(options.BillingKey, 0, options.BillingKey.Length);
        for (long number = options.Records.OldestNumber; number < options.Records.NextNumber; number++)
        {
            if (options.Records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session)
            {
                SessionRecord record = new();
                Assert.IsTrue(record.TryRead(bytes, 0, count));
                Assert.IsTrue(SessionRecord.IsAuthentic(bytes, 0, count, hmac), "the tag holds");
                sessions.Add(record);
            }
        }

        return sessions;
    }

    [TestMethod]
    [DataRow(-7_200)]
    [DataRow(-90)]
    [DataRow(90)]
    [DataRow(2_592_000)]
    public void AClockThatIsSetMovesTheStartAndNotTheLength(int stepSeconds)
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        CommandDesk desk = new(charger);
        charger.Run(1_000);
        charger.Vehicle.PlugIn();
        charger.Run(1_200_000);
        Assert.AreEqual(CommandRefusal.None,
            desk.Do(CommandCode.Clock, $$"""{"utcSeconds":{{charger.Clock.UtcSeconds + stepSeconds}}}"""));
        charger.Run(1_200_000);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        SessionRecord record = Records(options).Single();
        long length = record.EndUtcSeconds - record.StartUtcSeconds;
        Assert.IsTrue(length is >= 2_399 and <= 2_403, $"{length} s");
        Assert.IsTrue(Math.Abs(record.EndUtcSeconds - charger.Clock.UtcSeconds) <= 4,
            "dated by the clock that was corrected");
        Assert.IsLessThanOrEqualTo(length, record.ChargingSeconds);
        Assert.AreEqual(RecordFlags.ClockStep, record.Flags);
    }

    [TestMethod]
    public void AClockThatIsKeptRightLeavesNoFlag()
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        charger.Vehicle.PlugIn();
        for (int hour = 0; hour < 3; hour++)
        {
            // 180 ppm of a quartz, kept right each hour.
            charger.Run(3_600_000);
            charger.Clock.TryReadUtc(out long utc, out int ms);
            long now = utc * 1_000 + ms + 650;
            charger.SetTime(now / 1_000, (int)(now % 1_000));
        }

        charger.Vehicle.Unplug();
        charger.Run(3_000);
        SessionRecord record = Records(options).Single();
        Assert.AreEqual(0, record.Flags);
        Assert.IsTrue(record.EndUtcSeconds - record.StartUtcSeconds is >= 10_799 and <= 10_804);
    }

    [TestMethod]
    public void ASessionThatEndedBeforeTheTimeIsKnownIsDatedAndBilledByItsOwnRates()
    {
        SessionRecord known = BeforeTheTime(hasTime: true, delayMs: 60_000).Single();
        SessionRecord later = BeforeTheTime(hasTime: false, delayMs: 60_000).Single();
        Assert.AreEqual(0, later.Flags);
        Assert.IsTrue(Math.Abs(known.StartUtcSeconds - later.StartUtcSeconds) <= 1);
        Assert.IsTrue(Math.Abs(known.EndUtcSeconds - later.EndUtcSeconds) <= 1);
        Assert.AreEqual(28_800, later.OffsetSeconds);
        Assert.IsGreaterThan(2_000L, later.RateWattHours[0], "09:35 to 10:00");
        Assert.IsGreaterThan(5_000L, later.RateWattHours[1], "10:00 to 10:35");
        Assert.AreEqual(later.EndWattHours - later.StartWattHours, Sum(later), "every Wh has its rate");
        for (int rate = 0; rate < 2; rate++)
        {
            // A minute that the rate changes in is shared by time.
            Assert.IsTrue(Math.Abs(known.RateWattHours[rate] - later.RateWattHours[rate]) <= 4,
                $"{known.RateWattHours[rate]} {later.RateWattHours[rate]}");
            Assert.IsTrue(Math.Abs(known.RateCost[rate] - later.RateCost[rate]) <= 50);
        }
    }

    [TestMethod]
    public void NothingWithoutADateIsSentWhileTheTimeMayCome()
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger = Untimed(options);
        Visit(charger, 600_000);
        Assert.IsEmpty(Records(options));
        Visit(charger, 300_000);
        charger.Run(3_600_000);
        Assert.IsEmpty(Records(options));
        charger.SetTime(charger.Clock.UtcSeconds);
        charger.Run(2_000);
        List<SessionRecord> records = Records(options);
        Assert.AreEqual("1 2", string.Join(' ', records.Select(record => record.Number)));
        Assert.IsTrue(records.All(record => record.Flags == 0));
        Assert.IsTrue(records[1].StartUtcSeconds - records[0].EndUtcSeconds is >= 50 and <= 70,
            "a minute between them");
    }

    [TestMethod]
    public void WhereTheTimeNeverComesTheBillsGoOutWithoutADate()
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger = Untimed(options);
        for (int visit = 0; visit < 5; visit++)
        {
            Visit(charger, 300_000);
        }

        List<SessionRecord> records = Records(options);
        Assert.HasCount(5 - FinishedSessions.WaitingMax, records);
        charger.Clock.Advance(86_400_000);
        charger.Run(1_000);
        records = Records(options);
        Assert.AreEqual("1 2 3 4 5", string.Join(' ', records.Select(record => record.Number)), "a day is waited");
        Assert.IsTrue(records.All(record => record.Flags == RecordFlags.Untimed
            && Sum(record) == record.EndWattHours - record.StartWattHours));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ABillThatWaitsForTheTimeOutlivesALossOfSupply(bool isWarned)
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger = Untimed(options);
        Visit(charger, 600_000);
        charger.LosePower(5_000, isWarned);
        charger.Clock.HasTime = false;
        charger.Run(2_000);
        SessionRecord record = Records(options).Single();
        Assert.AreEqual(RecordFlags.Untimed, record.Flags, "its date can no longer be found");
        Assert.IsGreaterThan(1_500L, Sum(record));
        Assert.IsGreaterThan(0L, record.TotalCost());
        charger.LosePower(5_000, isWarned);
        charger.Run(2_000);
        Assert.HasCount(1, Records(options), "once");
    }

    [TestMethod]
    public void ARunningSessionThatBecomesTimedIsBilledByItsOwnRatesToo()
    {
        SimulatedChargerParts options = Options(startUtcSeconds: StartUtcSeconds + 3_600);
        SimulatedCharger charger = Untimed(options);
        charger.Vehicle.PlugIn();
        charger.Run(1_200_000);
        charger.SetTime(charger.Clock.UtcSeconds);
        charger.Run(600_000);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        SessionRecord record = Records(options).Single();
        Assert.AreEqual(0, record.Flags);
        Assert.AreEqual(0L, record.RateWattHours[0], "10:30 to 11:00 is the dear rate");
        Assert.AreEqual(record.EndWattHours - record.StartWattHours, Sum(record));
    }

    [TestMethod]
    public void ClosedSecondsAreNotChargingSeconds()
    {
        SessionManager sessions = new(new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = true });
        Assert.IsTrue(sessions.TryUseTariff(Tariff()));
        SessionInputs inputs = new()
        {
            Plug = PlugState.Plugged,
            IsTimed = true,
            UtcSeconds = StartUtcSeconds,
            IsClosed = true
        };
        for (int second = 0; second <= 100; second++)
        {
            // 40 s of charging, then a vehicle that stays connected with its electronics on.
            inputs.CurrentMilliamps = second is > 0 and <= 40 ? 16_000 : 249;
            inputs.WattHours += second is > 0 and <= 40 ? 3 : 0;
            sessions.Update(inputs);
            inputs.NowMs += 1_000;
            inputs.UtcSeconds++;
        }

        inputs.IsClosed = false;
        inputs.CurrentMilliamps = 16_000;
        sessions.Update(inputs);
        sessions.StopRemotely();
        Assert.IsTrue(sessions.Update(inputs));
        Assert.IsTrue(sessions.TryTakeRecord(inputs, out SessionRecord record));
        Assert.AreEqual(40L, record.ChargingSeconds);
        Assert.AreEqual(101L, record.EndUtcSeconds - record.StartUtcSeconds);
        Assert.AreEqual(120L, Sum(record));
    }

    private static long Sum(SessionRecord record)
    {
        long wattHours = 0;
        long microjoules = 0;
        for (int rate = 0; rate < record.RateCount; rate++)
        {
            wattHours += record.RateWattHours[rate];
            microjoules += record.RateMicrojoules[rate];
        }

        long parts = microjoules - (record.EndMicrojoules - record.StartMicrojoules);
        Assert.AreEqual(0, parts % Scaling.MicrojoulesPerWattHour, "exact to the microjoule");
        return wattHours + parts / Scaling.MicrojoulesPerWattHour;
    }

    private static SimulatedCharger Untimed(SimulatedChargerParts options)
    {
        SimulatedCharger charger = new(options);
        charger.Clock.HasTime = false;
        charger.Run(10_000);
        charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 });
        return charger;
    }

    private static void Visit(SimulatedCharger charger, int ms)
    {
        charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 });
        charger.Vehicle.PlugIn();
        charger.Run(ms);
        charger.Vehicle.Unplug();
        charger.Run(60_000);
    }

    private static List<SessionRecord> BeforeTheTime(bool hasTime, int delayMs)
    {
        SimulatedChargerParts options = Options(startUtcSeconds: StartUtcSeconds + 300);
        SimulatedCharger charger = Untimed(options);
        if (hasTime)
        {
            charger.SetTime(charger.Clock.UtcSeconds);
        }

        charger.Vehicle.PlugIn();
        charger.Run(3_600_000);
        charger.Vehicle.Unplug();
        charger.Run(delayMs);
        charger.SetTime(charger.Clock.UtcSeconds);
        charger.Run(delayMs);
        return Records(options);
    }
}
