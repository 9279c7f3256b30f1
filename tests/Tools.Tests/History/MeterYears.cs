using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>
/// A meter with every function on, second by second, and beside it what it must show: energy as it was fed,
/// <see cref="IndependentBill"/>, <see cref="PlainDemand"/>, counts of all that was done to it. Weekly a spare set with
/// switch times of its own for each part, day-ahead lists with days and quarters missing, a prepaid account that runs into
/// its credit limit, clock steps, one of them over midnight, export at noon, an outage of the link, polls over DL/T 645.
/// </summary>
internal sealed class MeterYears
{
    private const long StartUtcSeconds = 1_767_225_600 - PlainTariff.OffsetSeconds; // 2026-01-01T00:00+08:00
    private const int PulsesPerKwh = 100;
    private const int LinkUpMinutes = 20;
    private const string Levels =
        """{"alarm1":20.0,"alarm2":8.0,"creditLimit":5.0,"reconnectAbove":0.0,"opensRelay":true}""";

    private readonly FlappingLink _link = new() { IsUp = false };
    private readonly RelayCounter _relay = new() { IsClosed = true };
    private readonly RelayCounter _pulse = new();
    private readonly FlatJson _arguments = new(16, 4);
    private readonly ByteTextWriter _result = new(512);
    private readonly MeterFirmware.Tools.Billing.Tariffs.TariffFile[] _files =
        [PlainTariff.First.File(), PlainTariff.Second.File()];
    private readonly List<long> _switches = [];
    private readonly ReadoutPoll _poll;
    private long _utc = StartUtcSeconds;
    private long _newestMinute = -1;
    private long _ticks;
    private long _importBefore;
    private long _exportBefore;
    private int _loads;
    private int _darkMinutes;
    private long _tickBytes;

    public MeterYears()
    {
        EventThresholds thresholds = new();
        thresholds.Begin[4] = 50_000;
        thresholds.End[4] = 45_000;
        Meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = _files[0].Table,
            StartUtcSeconds = StartUtcSeconds - 2,
            Plan = MeterPlan.Of16Megabytes(),
            Records = null,
            Link = _link,
            Relay = _relay,
            NoiseMillionths = 0,
            Quality = new MeterFirmware.Quality.QualitySettings { DeclaredMillivolts = 230_000 },
            History = new HistoryParts
            {
                Factors = new EmissionFactors(),
                Thresholds = thresholds,
                Pulse = _pulse,
                PulsesPerKwh = PulsesPerKwh,
            },
        });
        for (int profileClass = 0; profileClass < LoadProfile.ClassCount; profileClass++)
        {
            Meter.Recorder.Profile.TrySetInterval(profileClass, 15);
        }

        for (int i = 0; i < 20; i++)
        {
            Meter.Step(100, 0);
        }

        _poll = new ReadoutPoll(Meter, _relay);
        Assert.AreEqual(StartUtcSeconds * 1000, Meter.Product.Meter.UtcMs);
    }

    public SimulatedMeter Meter { get; }

    public IndependentBill Bill { get; } = new(PlainTariff.First);

    public PlainDemand Demand { get; } = new();

    /// <summary>Fed into the chip, µJ: import, export, reactive of the four quadrants.</summary>
    public Int128[] Fed { get; } = new Int128[EnergyKind.Count];

    public long TopUps { get; private set; }

    public int TopUpCount { get; private set; }

    public int Settlements { get; private set; }

    public int ClockSteps { get; private set; }

    /// <summary>Over-currents that stood long enough, and those that the relay cut short.</summary>
    public int HeavyLoads { get; private set; }

    public int HeavyLoadsCut { get; private set; }

    public int RelayOpenings => _relay.Openings;

    public int Pulses => _pulse.Closings;

    public int Polls => _poll.Count;

    public int Published => _link.Published;

    public long BilledAtOpening { get; private set; }

    public long MicrojoulesPerPulse => 1000 * Scaling.MicrojoulesPerWattHour / PulsesPerKwh;

    /// <summary>Instants at which parts switched and registers are to be frozen.</summary>
    public int SwitchCount => _switches.FindAll(at => at <= _utc).Count;

    /// <summary>Lets local days pass; returns the bytes that ticks and polls allocated meanwhile.</summary>
    public long Days(int days)
    {
        _tickBytes = 0;
        long end = (_utc + PlainTariff.OffsetSeconds) / 86_400 * 86_400 + days * 86_400L - PlainTariff.OffsetSeconds;
        while (_utc < end)
        {
            Minute();
        }

        return _tickBytes;
    }

    /// <summary>Compares what can be read at any moment with what it must be.</summary>
    public void CheckMoney()
    {
        Assert.AreEqual(Bill.BilledEver, Meter.Product.BilledEver, "the bill");
        Meter.Product.ChargeAccount();
        Assert.AreEqual(TopUps - (Bill.BilledEver - BilledAtOpening), Meter.Firmware.Terms.Prepayment.Balance,
            "the balance");
        CostRegister cost = Meter.Product.Meter.ImportCost;
        for (int rate = 0; rate < PlainTariff.RateCount; rate++)
        {
            Assert.AreEqual(Bill.ImportCost(rate), cost.RateCost(rate), $"cost of rate {rate}");
            for (int tier = 0; tier < 4; tier++)
            {
                Assert.AreEqual(Bill.TierMicrojoules[rate, tier],
                    cost.WattHours(rate, tier) * Scaling.MicrojoulesPerWattHour
                    + cost.RemainderMicrojoules(rate, tier));
            }
        }
    }

    private void Minute()
    {
        long local = _utc + PlainTariff.OffsetSeconds;
        long minute = local / 60;
        if (minute > _newestMinute)
        {
            // A clock that was set back passes minutes again; what was due in them is done.
            _newestMinute = minute;
            Disturb(minute / 1440 - StartUtcSeconds / 86_400 - 1, (int)(minute % 1440));
            local = _utc + PlainTariff.OffsetSeconds;
        }

        Play((int)(60 - local % 60));
        if ((_utc + PlainTariff.OffsetSeconds) % 86_400 == 0)
        {
            Midnight();
        }
    }

    private void Play(int seconds)
    {
        long local = _utc + PlainTariff.OffsetSeconds;
        int milliwatts = MilliwattsAt(local, out int millivars);
        int closed = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int second = 0; second < seconds; second++)
        {
            if (_relay.IsClosed)
            {
                Meter.Step(1000, milliwatts * 1000L, millivars * 1000L);
                closed++;
            }
            else
            {
                Meter.Step(1000, 0);
            }
        }

        _tickBytes += GC.GetAllocatedBytesForCurrentThread() - before;
        _ticks += seconds;
        Fed[milliwatts < 0 ? EnergyKind.Export : EnergyKind.Import] += (Int128)Math.Abs(milliwatts) * 1000 * closed;
        Fed[EnergyKind.OfQuadrant(milliwatts < 0, millivars < 0)] += (Int128)Math.Abs(millivars) * 1000 * closed;
        Book();
        _utc += seconds;
        if (_utc % 900 == 0)
        {
            Demand.EndWindow();
        }

        if (local / 60 % 15 == 7)
        {
            _tickBytes += _poll.Ask();
        }
    }

    /// <summary>What the registers grew by belongs to where the calendar stood.</summary>
    private void Book()
    {
        EnergyRegisters registers = Meter.Product.Meter.Registers;
        long import = registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour
            + registers.TotalRemainder(EnergyKind.Import);
        long export = registers.TotalWattHours(EnergyKind.Export) * Scaling.MicrojoulesPerWattHour
            + registers.TotalRemainder(EnergyKind.Export);
        Demand.Add(import - _importBefore, export - _exportBefore);
        Bill.Add(_utc, import - _importBefore, export - _exportBefore);
        _importBefore = import;
        _exportBefore = export;
    }

    private void Midnight()
    {
        Assert.AreEqual(_utc * 1000, Meter.Product.Meter.UtcMs, "the calendar");
        FreezeReader freezes = Meter.Recorder.Freezes;
        Assert.IsTrue(freezes.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(_utc, freezes.NominalUtcSeconds);
        Assert.AreEqual(Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import),
            freezes.WattHours(EnergyKind.Import, -1));
        if (DateTime.UnixEpoch.AddSeconds(_utc + PlainTariff.OffsetSeconds).Day != 1)
        {
            CheckMoney();
            return;
        }

        Settlements++;
        Bill.Settle();
        Assert.IsTrue(freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(_utc, freezes.NominalUtcSeconds);
        bool hasDemand = freezes.TryDemand(false, -1, out long milliwatts, out _);
        Assert.AreEqual(Demand.MaximumMilliwatts, hasDemand ? milliwatts : 0, "the month's maximum demand");
        Demand.Clear();
        CheckMoney();
    }

    private void Disturb(long day, int minute)
    {
        _link.IsUp = minute is >= 360 and < 360 + LinkUpMinutes;
        DateTime tomorrow = DateTime.UnixEpoch.AddSeconds(_utc + PlainTariff.OffsetSeconds).AddDays(1);
        switch (minute)
        {
            case 60 when day == 0:
                Execute(CommandCode.Prepayment, Levels);
                BilledAtOpening = Bill.BilledEver;
                TopUp(30);
                break;
            case 605 when day % 28 == 23:
                SendTable(_files[_loads++ % 2], "");
                Bill.Replace(_loads % 2 == 1 ? PlainTariff.First : PlainTariff.Second);
                _switches.Add(_utc);
                Demand.Restart();
                break;
            case 600 when day % 7 == 2 && day % 28 != 23:
                LoadSpare((int)(day / 7 % 3));
                break;
            case 780 when day % 5 != 3:
                SendDayAhead(day, (_utc + PlainTariff.OffsetSeconds) / 86_400 + 1);
                break;
            case 860 when day % 11 == 5:
                StepClock(420);
                break;
            case 1058 when day % 11 == 5:
                // Back into the heavy minutes of the same demand window.
                StepClock(-420);
                break;
            case 1435 when day % 13 == 6 && tomorrow.Day != 1:
                StepClock(600);
                break;
            case 180 when day % 13 == 7 && tomorrow.Day != 2:
                StepClock(-600);
                break;
        }

        _darkMinutes = _relay.IsClosed ? 0 : _darkMinutes + 1;
        if (_darkMinutes == 90)
        {
            TopUp(45 + 20 * (TopUpCount % 3));
        }

        if (minute == 1050 && day % 3 == 1)
        {
            _ = _relay.IsClosed ? HeavyLoads++ : HeavyLoadsCut++;
        }
    }

    private static int MilliwattsAt(long local, out int millivars)
    {
        long day = local / 86_400;
        int minute = (int)(local % 86_400 / 60);
        int noise = (int)(local / 60 * 7919 % 400_000);
        int milliwatts = 200_000 + noise + (minute is > 1080 and < 1320 ? 1_500_000 : 0);
        if (minute is >= 660 and < 790 && day % 3 != 0)
        {
            milliwatts = -2_500_000 + noise;
        }
        else if (minute is >= 1050 and < 1053 && (day - (StartUtcSeconds / 86_400 + 1)) % 3 == 1)
        {
            milliwatts = 12_000_000;
        }

        // Inductive by day, capacitive by night and in the last hour of export: all four quadrants.
        millivars = minute is < 300 or >= 720 and < 790 ? -90_000 - noise / 4 : 120_000 + noise / 2;
        return milliwatts;
    }

    private void StepClock(int seconds)
    {
        Execute(CommandCode.Clock, $$"""{"utcSeconds":{{_utc + seconds}}}""");

        // The second under way still belongs to where the old calendar stood.
        Play(1);
        _utc += seconds;
        Demand.Restart();
        ClockSteps++;
    }

    private void TopUp(int amount)
    {
        TopUpCount++;
        Execute(CommandCode.TopUp, $$"""{"number":{{TopUpCount}},"amount":{{amount}}.25}""");
        TopUps += amount * 10_000L + 2_500;
    }

    /// <summary>Prices alone at an odd minute; all four parts, each at its own time; day tables and tiers.</summary>
    private void LoadSpare(int variant)
    {
        long midnight = _utc - 600 * 60;
        long[] at = variant switch
        {
            0 => [long.MaxValue, long.MaxValue, midnight + 86_400 + 547 * 60, long.MaxValue],
            1 => [midnight + 86_400 + 720 * 60, midnight + 86_400, midnight + 2 * 86_400 + 390 * 60,
                midnight + 3 * 86_400 + 1095 * 60],
            _ => [long.MaxValue, midnight + 2 * 86_400 + 390 * 60, long.MaxValue, midnight + 2 * 86_400 + 390 * 60],
        };
        string[] names = ["seasons", "dayTables", "prices", "tiers"];
        StringBuilder more = new(",\"set\":\"spare\"");
        for (int part = 0; part < 4; part++)
        {
            if (at[part] != long.MaxValue)
            {
                more.Append(CultureInfo.InvariantCulture, $",\"{names[part]}\":{at[part]}");
                if (!_switches.Contains(at[part]))
                {
                    _switches.Add(at[part]);
                }
            }
        }

        _loads++;
        SendTable(_files[_loads % 2], more.ToString());
        Bill.Load(_loads % 2 == 0 ? PlainTariff.First : PlainTariff.Second, at, _utc);
    }

    private void SendTable(MeterFirmware.Tools.Billing.Tariffs.TariffFile table, string more)
    {
        for (int at = 0; at < table.Bytes.Length; at += 100)
        {
            string data = Convert.ToBase64String(table.Bytes, at, Math.Min(100, table.Bytes.Length - at));
            Execute(CommandCode.Tariff, $$"""{"bytes":{{table.Bytes.Length}},"at":{{at}},"data":"{{data}}"{{more}}}""");
        }
    }

    private void SendDayAhead(long day, long localDay)
    {
        decimal?[] import = new decimal?[96];
        decimal?[] export = new decimal?[96];
        byte[] importBytes = new byte[4 * 96];
        byte[] exportBytes = new byte[4 * 96];
        for (int quarter = 0; quarter < 96; quarter++)
        {
            import[quarter] = quarter is >= 40 and < 44 ? null
                : quarter is >= 50 and < 54 && day % 2 == 0 ? -0.05m
                    : 0.2m + (quarter * 37 + day * 11) % 97 * 0.004321m;
            export[quarter] = quarter % 7 == 3 || day % 4 == 1 ? null : 0.1m + quarter * 0.001m;
            LittleEndian.WriteInt32(importBytes, 4 * quarter,
                import[quarter] is { } price ? (int)(price * 1_000_000m) : int.MinValue);
            LittleEndian.WriteInt32(exportBytes, 4 * quarter,
                export[quarter] is { } paid ? (int)(paid * 1_000_000m) : int.MinValue);
        }

        string data = Convert.ToBase64String(importBytes);
        string paidData = Convert.ToBase64String(exportBytes);
        Execute(CommandCode.Prices, $$"""{"day":{{localDay}},"data":"{{data}}","export":"{{paidData}}"}""");
        Bill.SetDayAhead(localDay, import, export);
    }

    private void Execute(int code, string arguments)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(arguments);
        Assert.IsTrue(_arguments.TryRead(bytes, 0, bytes.Length));
        _result.Clear();
        _result.BeginObject();
        Assert.AreEqual(CommandRefusal.None,
            Meter.Firmware.Core.Commands.Execute(code, CommandRole.Utility, _arguments, _result), arguments);
    }

    /// <summary>A relay that counts; also the opto-coupler of the pulse output.</summary>
    private sealed class RelayCounter : IRelay
    {
        public bool IsClosed { get; set; }

        public int Closings { get; private set; }

        public int Openings { get; private set; }

        public bool TrySet(bool closed)
        {
            Closings += closed && !IsClosed ? 1 : 0;
            Openings += !closed && IsClosed ? 1 : 0;
            IsClosed = closed;
            return true;
        }

        public bool TryReadFeedback(out bool closed)
        {
            closed = IsClosed;
            return true;
        }
    }
}
