using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>
/// A message is handled in the room in which states and records are composed. Whoever read a member of it after something was
/// stored would read the wrong bytes: so the same commands go to a meter whose messages have room of their own (they may be
/// longer than the common one), and every answer and every byte of flash has to be the same.
/// </summary>
[TestClass]
public sealed class SharedRoomTests
{
    private const string Device = "meter-1";
    private const long Start = 1_780_000_000;
    private const int OwnRoomBytes = 8_192;

    [TestMethod]
    public void EveryCommandReadsItsArgumentsBeforeItUsesTheRoom()
    {
        IncomingMeter shared = new(2_048);
        IncomingMeter own = new(OwnRoomBytes);
        foreach ((string command, string arguments, string expected) in Conversation())
        {
            string answer = shared.Ask(command, arguments);
            Assert.AreEqual(own.Ask(command, arguments), answer, $"{command} {arguments}");
            StringAssert.Contains(answer, expected, $"{command} {arguments}");
        }

        Assert.AreEqual(own.Configure(1, """{"instantSeconds":30}"""),
            shared.Configure(1, """{"instantSeconds":30}"""));
        Assert.AreEqual(own.Configure(2, """{"instantSeconds":"30"}"""),
            shared.Configure(2, """{"instantSeconds":"30"}"""));
        CollectionAssert.AreEqual(own.Flash(), shared.Flash());
    }

    private static List<(string Command, string Arguments, string Expected)> Conversation()
    {
        byte[] table = TableBytes();
        int half = table.Length / 2;
        long day = Start / CivilTime.SecondsPerDay + 1;
        string import = Prices(400_000);
        string export = Prices(-30_000);
        byte[] image = [.. Enumerable.Range(0, 1_500).Select(i => (byte)(i * 7))];
        return
        [
            ("health", "{}", "\"ok\":true"),
            ("prices", $$"""{"day":{{day}},"data":"{{import}}","export":"{{export}}"}""", "\"ok\":true"),
            ("prices", $$"""{"export":"{{export}}","data":"{{import}}","day":{{day + 1}}}""", "\"ok\":true"),
            ("prices", $$"""{"export":"{{export}}","data":"AAAA","day":{{day + 1}}}""", "bad-argument"),
            ("prices", $$"""{"export":"AAAAAAAA","data":"{{import}}","day":{{day}}}""", "out-of-range"),
            ("carbon", $$"""{"day":{{day}},"data":"{{Prices(500_000_000)}}"}""", "\"ok\":true"),
            ("carbon", """{"microgramsPerKwh":520000000,"greenPermille":100}""", "\"ok\":true"),
            ("prepayment", """{"alarm1":20,"alarm2":5,"creditLimit":10.5,"reconnectAbove":1,"opensRelay":true}""",
                "\"ok\":true"),
            ("top-up", """{"number":1,"amount":50.25}""", "\"balance\":\"50."),
            ("settlement", """{"day1":1,"hour1":0,"day2":15,"hour2":8}""", "\"ok\":true"),
            ("limit", """{"watts":5000}""", "\"ok\":true"),
            ("tariff", Piece(table, 0, half, ""), $"\"received\":{half}"),
            ("tariff", Piece(table, half, table.Length - half, $",\"set\":\"spare\",\"prices\":{Start + 90_000}"),
                "\"tariff\":"),
            ("tariff", Piece(table, 0, table.Length, ""), "\"tariff\":"),
            ("freeze", "{}", "\"ok\":true"),
            ("read", """{"what":"tariff"}""", "\"ok\":true"),
            ("read", """{"what":"carbon"}""", "\"ok\":true"),
            ("read", """{"what":"prepayment"}""", "\"ok\":true"),
            ("read", """{"what":"quality"}""", "\"ok\":true"),
            ("read", """{"what":"freeze","kind":"instant","last":1,"part":"import"}""", "\"total\":"),
            ("read", """{"what":"freeze","kind":"instant","last":1,"part":"demand"}""", "\"import\":"),
            ("read", """{"what":"freeze","part":"colour","kind":"instant","last":1}""", "bad-argument"),
            ("relay", """{"closed":false}""", "\"ok\":true"),
            ("relay", """{"closed":true}""", "\"ok\":true"),
            ("clear", """{"what":"demand"}""", "\"ok\":true"),
            ("clear", """{"what":"events"}""", "\"ok\":true"),
            ("clear", """{"what":"meter"}""", "\"ok\":true"),
            ("update", Piece(image, 0, 700, $",\"mac\":\"{new string('5', 64)}\""), "\"received\":700"),
            ("update", Piece(image, 700, 800, ""), "\"state\":\"verifying\""),
            ("update", "{}", "\"state\":\"bad\""),
            ("calibration", """{"data":"AAAA"}""", "bad-argument"),
            ("log-level", """{"level":4}""", "\"ok\":true"),
            ("log", """{"from":0}""", "\"ok\":true"),
            ("self-test", "{}", "\"passed\":true"),

            // Over a settlement, the longest freeze: it reaches to where the arguments stand.
            ("clock", $$"""{"utcSeconds":{{Start + 40 * CivilTime.SecondsPerDay}}}""", "\"ok\":true"),
            ("read", """{"part":"q4","kind":"settlement","last":1,"what":"freeze"}""", "\"total\":"),
            ("read", """{"part":"cost","kind":"settlement","last":1,"what":"freeze"}""", "\"export\":"),
            ("read", """{"part":"carbon","kind":"settlement","last":1,"what":"freeze"}""", "\"coveredMilligrams\":"),
            ("rotate-key", """{"role":"technician"}""", "\"nextKey\":2"),
            ("read", """{"what":"colour"}""", "bad-argument"),
        ];
    }

    private static byte[] TableBytes()
    {
        TariffTable table = TariffFile.Load("shanghai-household").Table;
        byte[] bytes = new byte[table.ByteCount];
        table.CopyTo(bytes, 0);
        return bytes;
    }

    private static string Prices(int first)
    {
        byte[] bytes = new byte[96 * 4];
        for (int i = 0; i < 96; i++)
        {
            LittleEndian.WriteInt32(bytes, 4 * i, first + i);
        }

        return Convert.ToBase64String(bytes);
    }

    private static string Piece(byte[] all, int at, int count, string more) =>
        $"{{\"bytes\":{all.Length},\"at\":{at},\"data\":\"{Convert.ToBase64String(all, at, count)}\"{more}}}";

    /// <summary>Both meters name their journal alike, so that their flash can be compared.</summary>
    private sealed class NoChance : IEntropySource
    {
        public int Read(byte[] bytes) => 1;
    }

    /// <summary>A whole meter of every function, and its head-end.</summary>
    private sealed class IncomingMeter
    {
        private readonly byte[] _secret = [.. Enumerable.Range(1, DeviceSecurity.SecretBytes).Select(i => (byte)i)];
        private readonly MemoryLink _link = new();
        private readonly RamBlockStore _flash;
        private readonly SimulatedMeter _meter;
        private long _id;

        public IncomingMeter(int incomingBytesMax)
        {
            MeterPlan plan = MeterPlan.Of16Megabytes();
            _flash = new RamBlockStore(plan.BlockCount, plan.BlockBytes);
            SimulatedMeterParts options = new()
            {
                Tariff = TariffFile.Load("shanghai-household").Table,
                StartUtcSeconds = Start,
                Link = _link,
                Records = null,
                Plan = plan,
                Flash = _flash,
                Entropy = new NoChance(),
                History = new HistoryParts { Factors = new EmissionFactors() },
                Quality = new QualitySettings { KeepsDistributions = false },
                Relay = new SimulatedRelay(),
                Telemetry = new TelemetrySettings
                {
                    Device = Device,
                    SpreadMs = 100,
                    IncomingBytesMax = incomingBytesMax
                },
            };
            _meter = new SimulatedMeter(options);
            Assert.IsTrue(_meter.Firmware.Core.Security.TryCommission(_secret));
            Run(30);
        }

        public string Ask(string command, string arguments)
        {
            string body = $",\"command\":\"{command}\",\"arguments\":{arguments}";
            int role = command == "calibration" ? CommandRole.Technician : CommandRole.Utility;
            return Deliver("command", role, body, "command", "reply");
        }

        public string Configure(int revision, string telemetry)
        {
            string body = $",\"document\":{{\"version\":1,\"revision\":{revision},\"telemetry\":{telemetry}}}";
            return Deliver("configuration", CommandRole.Utility, body, "desired", "reported");
        }

        public byte[] Flash()
        {
            byte[] all = new byte[_flash.BlockCount * _flash.BlockBytes];
            for (int block = 0; block < _flash.BlockCount; block++)
            {
                _flash.TryRead(block, 0, all, block * _flash.BlockBytes, _flash.LengthOf(block));
            }

            return all;
        }

        private string Deliver(string purpose, int role, string body, string channel, string answers)
        {
            _id++;
            Assert.IsTrue(_meter.Clock.TryReadUtc(out long now, out int _));
            ByteTextWriter text = new(OwnRoomBytes);
            MessageSigner.Begin(text, Device, _id, role, 1, now, now + 60);
            text.Raw(body);
            new MessageSigner(_secret).End(text, purpose, role, 1);
            int before = _link.Published.Count;
            _link.Arrive(TelemetryTopics.Root + Device + "/" + channel, text.Bytes.AsSpan(0, text.Length).ToArray());
            Run(5);
            return _link.Published.Skip(before)
                .First(one => one.Topic.EndsWith("/" + answers, StringComparison.Ordinal)).Payload;
        }

        private void Run(int seconds)
        {
            for (int i = 0; i < seconds; i++)
            {
                _meter.Step(1_000, 500_000_000);
            }
        }
    }
}
