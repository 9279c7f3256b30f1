using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Firmware.Tests.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>A leader of three members over three days; what it has learnt lies in its flash.</summary>
internal sealed class ReleaseSite
{
    public const int Blocks = 4;
    public const int BlockBytes = 4_096;
    private const int TickMs = 1_000;
    private const long Start = 1_772_402_400; // 2026-03-02T06:00:00+08:00

    private readonly SiteAir _air = new(4, 1);
    private readonly SimulatedClock _clock = new(Start);
    private readonly SiteMember[] _members = new SiteMember[3];
    private readonly IBlockStore _flash;

    public ReleaseSite(IBlockStore flash)
    {
        _flash = flash;
        for (int i = 0; i < _members.Length; i++)
        {
            _members[i] = new SiteMember(_air.PortAt(i), i, 11 + i, 6_000);
        }

        byte[] text =
            Encoding.UTF8.GetBytes(
                "line COM2\nkey none\nphases 1\nvolts 230\nlimit 64000\nmember 0 safe 6000 phases 1\n"
            + "member 1 safe 6000 phases 1\nmember 2 safe 6000 phases 1");
        if (!SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error))
        {
            throw new InvalidDataException(error);
        }

        Site = new SiteProduct(settings, _air.PortAt(3), SiteSeal.Plain(900), _clock,
            TariffFile.Load("shanghai-household").Table, null,
            new CheckpointStore(flash, SiteMemory.BytesOf(4)));
    }

    public SiteProduct Site { get; }

    public static void Make(string folder)
    {
        ReleaseSite made = new(new RamBlockStore(Blocks, BlockBytes));
        for (int day = 0; day < 3; day++)
        {
            made.Day();
        }

        Directory.CreateDirectory(folder);
        FlashFile.Save(Path.Combine(folder, "flash.gz"), made._flash);

        // What was learnt after the last saving is not in the flash: the facts are those of a restart.
        JsonObject facts = new ReleaseSite(made._flash).Facts();
        File.WriteAllText(Path.Combine(folder, "facts.json"),
            facts.ToJsonString(new() { WriteIndented = true }) + "\n");
    }

    public JsonObject Facts()
    {
        byte[] learnt = new byte[SiteController.SiteController.LearntBytesOf(_members.Length)];
        Site.Site.SaveLearnt(learnt, 0);
        return new JsonObject
        {
            ["wasRestored"] = Site.Memory.WasRestored,
            ["consumptionWattHours"] = Site.Consumption.WattHours,
            ["learnt"] = Convert.ToHexStringLower(learnt),
        };
    }

    private void Day()
    {
        for (int hour = 0; hour < 24; hour++)
        {
            foreach (SiteMember member in _members)
            {
                member.WantedMilliamps = hour is >= 2 and < 5 or >= 9 and < 11 ? 32_000 : 0;
                member.WantedWattHours = 0;
                member.DepartureSeconds = -1;
            }

            for (int second = 0; second < 3_600; second++)
            {
                _air.NowMs += TickMs;
                _clock.Advance(TickMs);
                Site.Tick(_air.NowMs);
                foreach (SiteMember member in _members)
                {
                    member.MeasuredMilliamps = Math.Min(member.LimitMilliamps, member.WantedMilliamps);
                    member.Tick(_air.NowMs);
                }
            }
        }
    }
}
