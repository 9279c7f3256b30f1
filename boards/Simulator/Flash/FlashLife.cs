using System;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.Simulator.Flash;

/// <summary>
/// The whole product at default settings for as long as it takes, on the 256 KB littlefs of a 4 MB ESP32, every erase
/// counted: intervals, checkpoints (also those that a rising demand asks for), freezes and their references for the
/// head-end, event memory, acknowledgements, commands' numbers and a day-ahead list a day, in the blocks that
/// <see cref="MeterPlan"/> gives them. Nothing is written by this class; it makes load, faults and commands.
/// </summary>
public sealed class FlashLife
{
    public const int FlashBlocks = 64;

    /// <summary>Endurance that flash of this kind is sold with, erases a block.</summary>
    public const int EnduranceErases = 100_000;

    private const int StaticBlocks = 4;
    private const string Device = "life-1";
    private const long StartUtcSeconds = 1_767_225_600;

    // Longer than the product's own second, so that a year takes seconds; what is written hangs on minutes.
    private const int StepSeconds = 60;

    // 74 A at 230 V for three minutes: over-current and over-load, as the default thresholds have them after a minute.
    private const int HeavyMilliwatts = 17_000_000;
    private static readonly int[] _heavyMinutes = [7 * 60 + 20, 19 * 60 + 10];
    private static readonly int[] _noteMinutes = [2 * 60, 9 * 60 + 7, 13 * 60 + 31, 21 * 60 + 3];
    private static readonly int[] _commandMinutes = [60, 14 * 60];

    private readonly LittleFsBlockStore _flash;
    private readonly HouseholdLoad _load = new(1);
    private readonly SimulatedMeter _meter;
    private long _command;

    /// <param name="tariff">In force all the time.</param>
    public FlashLife(TariffTable tariff)
    {
        MeterPlan plan = MeterPlan.Of4Megabytes();
        _flash = new LittleFsBlockStore(FlashBlocks, StaticBlocks, plan.BlockCount, plan.BlockBytes);
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = tariff,
            StartUtcSeconds = StartUtcSeconds,
            Restarts = true,
            Records = null,
            Flash = _flash,
            Plan = plan,
            PowerMilliwattsMax = HeavyMilliwatts * 2L,
            History = new HistoryParts(),
            Link = new LoopbackHeadEnd(Device),

            // Live readings write nothing.
            Telemetry = new TelemetrySettings { Device = Device, InstantIntervalMs = 0 },
        });
        if (!_meter.Firmware.Core.Security.TryCommission(new byte[DeviceSecurity.SecretBytes]))
        {
            throw new InvalidOperationException("the device was not commissioned");
        }

        // A connection opens in seconds; then it stays.
        for (int second = 0; second < 120; second++)
        {
            _meter.Step(1000, 0);
        }
    }

    /// <summary>Days simulated.</summary>
    public int Days { get; private set; }

    public long Closes => _flash.Closes;

    public long ErasesTotal => _flash.ErasesTotal;

    /// <summary>Erases of the most worn block.</summary>
    public int ErasesMax => _flash.ErasesMax;

    /// <summary>Years until the most worn block has had its endurance.</summary>
    public double Years => EnduranceErases * (Days / 365.0) / ErasesMax;

    /// <summary>Records in the log so far: intervals, events, references to freezes.</summary>
    public long Records => _meter.Firmware.Journal.NextNumber - 1;

    /// <summary>Of those, what the head-end acknowledged.</summary>
    public long Acknowledged => _meter.Firmware.Journal.AcknowledgedNumber;

    /// <summary>The meter's recorder: freezes, event memory, erases of its own ring.</summary>
    public MeterRecorder Recorder => _meter.Recorder;

    /// <summary>Days of outage until the first interval record gives way, at 15 min, with six events a day.</summary>
    public static int OutageDays(int journalBlocks, int intervalBytes)
    {
        const int EventsPerDay = 6;
        MeterPlan plan = MeterPlan.Of4Megabytes();
        plan.JournalBlocks = journalBlocks;
        Journal journal = new(new RamBlockStore(journalBlocks, 4096), plan.Layout(), 512);
        journal.Open(1);
        byte[] payload = new byte[512];
        byte[] read = new byte[512];
        for (int day = 0; ; day++)
        {
            for (int i = 0; i < 96; i++)
            {
                journal.TryAppend(RecordKind.Interval, payload, 0, intervalBytes, out _);
                if (i < EventsPerDay)
                {
                    journal.TryAppend(RecordKind.Event, payload, 0, 40, out _);
                }

                if (!journal.TryRead(1, read, out _, out _))
                {
                    return day;
                }
            }
        }
    }

    /// <summary>Lets the meter live so many days more: two over-currents, four other events, two commands and a
    /// day-ahead list a day, all acknowledged as it comes.</summary>
    public void Run(int days)
    {
        for (int day = 0; day < days; day++, Days++)
        {
            for (int minute = 0; minute < 1440; minute++)
            {
                Disturb(minute);
                int milliwatts = Array.Exists(_heavyMinutes, heavy => minute >= heavy && minute < heavy + 3)
                    ? HeavyMilliwatts : _load.MilliwattsAt(_meter.Clock.UtcSeconds + 8 * 3600);
                _meter.Step(StepSeconds * 1000, StepSeconds * 1000L * milliwatts);
            }
        }
    }

    private void Disturb(int minute)
    {
        CompleteMeter firmware = _meter.Firmware;
        if (Array.IndexOf(_noteMinutes, minute) >= 0)
        {
            firmware.Product.Note(EventCode.CalibrationChanged, minute);
        }

        if (Array.IndexOf(_commandMinutes, minute) >= 0
            && !firmware.Core.Security.TryTake(CommandRole.Utility, CommandRole.Utility, ++_command, 1))
        {
            throw new InvalidOperationException("a command's number was not stored");
        }

        if (minute == _commandMinutes[1])
        {
            TariffSets sets = firmware.Product.Meter.Tariffs;
            long[] prices = new long[DayAheadPrices.QuartersOfDay];
            Array.Fill(prices, 400_000);
            if (!sets.DayAhead.TrySet(sets.InForce(TariffPart.Seasons), sets.Cursor.LocalDayNumber + 1, prices, prices,
                prices.Length, out string error)
                || !firmware.Tariffs.TrySave())
            {
                throw new InvalidOperationException("a day-ahead list was not stored: " + error);
            }

            firmware.Product.Meter.TariffChanged();
        }
    }
}
