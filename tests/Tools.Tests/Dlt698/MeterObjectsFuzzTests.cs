using System;
using System.Collections.Generic;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt698;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>Mutated frames against the whole meter: never an exception, never an allocation, nothing changed.</summary>
[TestClass]
public class MeterObjectsFuzzTests
{
    private static readonly int _runs = LongRun.IsFull ? 1_000_000 : LongRun.IsAsked ? 100_000 : 10_000;

    private readonly byte[] _line = new byte[1200];
    private readonly byte[] _sink = new byte[2048];
    private readonly Dlt698Frame _frame = new();
    private readonly List<byte[]> _requests = [];
    private readonly ObjectBench _bench = MeterObjectsTests.Filled();
    private long _nowMs;
    private long _answers;

    [TestMethod]
    public void MutatedFramesNeitherThrowNorAllocateNorChangeAnything()
    {
        Array.Fill(_bench.Meter.Settings.Passwords, Dlt645Settings.NoPassword);
        foreach (string hex in Dlt698Vectors.Frames)
        {
            byte[] bytes = Convert.FromHexString(hex);
            if (_frame.Decode(bytes, 0, bytes.Length, out _) == Dlt698Check.None)
            {
                _requests.Add(_frame.Data[.._frame.Length]);
            }
        }

        string[] records = ["50020200", "50030200", "50040200", "50050200", "50060200", "30110200", "30160200"];
        foreach (string record in records)
        {
            _requests.Add(Convert.FromHexString("050300" + record + "09010000"));
            _requests.Add(Convert.FromHexString(
                "050300" + record + "0220210200" + "1C07EA0201000000" + "1C07EA0203000000" + "000000"));
        }

        // Several records, all rows of the profile in blocks, the next block, changes that read behind them.
        string[] more =
        [
            "0504000250040200090101002000020130110200000000", "050300500202000000000000", "05050000000000",
            "060300014100020011" + "0F0010020100" + "00", "0703000110100100" + "0F00" + "0010020105" + "00",
        ];
        _requests.AddRange(Array.ConvertAll(more, Convert.FromHexString));
        string before = MeterObjectsWriteTests.Picture(_bench);
        _nowMs = _bench.Meter.Meter.Clock.NowMs + 1_000_000;
        Play(2_000, new Random(1));
        Random random = new(698);
        Allocation.AssertNone(() => Play(_runs, random));
        Assert.IsTrue(_answers > _runs / 4, $"only {_answers} answers: the test tests nothing");
        Array.Fill(_bench.Meter.Settings.WrongPasswords, 0);
        Assert.AreEqual(before, MeterObjectsWriteTests.Picture(_bench));
    }

    private void Play(int runs, Random random)
    {
        for (int i = 0; i < runs; i++)
        {
            int length = Mutated(random);
            int at = 0;
            while (at < length)
            {
                // In pieces, as a line brings them.
                int count = Math.Min(1 + random.Next(60), length - at);
                _bench.Line.TryWrite(_line, at, count);
                at += count;
                _nowMs += 10;
                _bench.Server.Tick(_nowMs);
            }

            _nowMs += random.Next(8) == 0 ? 600 : 20;
            _bench.Server.Tick(_nowMs);
            _nowMs += 20;
            _bench.Server.Tick(_nowMs);
            _bench.Line.TryRead(_sink, 0, _sink.Length, out int got);
            _answers += got > 0 ? 1 : 0;
        }
    }

    /// <summary>A published or own message with bytes changed, cut or added, in a good frame mostly.</summary>
    private int Mutated(Random random)
    {
        byte[] message = _requests[random.Next(_requests.Count)];
        message.CopyTo(_frame.Data, 0);
        _frame.Length = message.Length;
        for (int changes = random.Next(4); changes > 0 && _frame.Length > 0; changes--)
        {
            _frame.Data[random.Next(_frame.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(8));
        }

        _frame.Length = random.Next(8) == 0 ? random.Next(_frame.Length + 1) : _frame.Length;
        _frame.Control = random.Next(6) == 0 ? random.Next(256) : 0x43;
        _frame.AddressHead = random.Next(10) == 0 ? random.Next(256) : 5;
        for (int i = 0; i < _frame.AddressLength; i++)
        {
            _frame.Address[i] = i < 6 ? _bench.Meter.Settings.Address[i] : (byte)0;
        }

        _frame.ClientAddress = random.Next(3);
        int length = _frame.Encode(random.Next(5), _line, 0);
        if (random.Next(8) == 0)
        {
            _line[random.Next(length)] ^= (byte)(1 << random.Next(8));
        }

        return length;
    }
}
