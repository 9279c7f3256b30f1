using System;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Firmware.Tests.Modbus;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Modbus;

/// <summary>Server and client under mutated frames: never an exception, never an allocation, and alive
/// afterwards.</summary>
[TestClass]
public class ModbusFuzzTests
{
    private static readonly int _runs = LongRun.IsAsked ? 250_000 : 10_000;
    private static readonly byte[] _functions = [1, 3, 3, 3, 4, 4, 6, 0x10, 0x10, 0x17, 0x2B, 0x83];

    [TestMethod]
    [DataRow(ModbusFraming.Rtu)]
    [DataRow(ModbusFraming.Tcp)]
    public void TheServerNeverThrowsNorAllocatesAndStillAnswers(ModbusFraming framing)
    {
        Random random = new(502);
        ScriptedLine master = ScriptedLine.Pair();
        FakeModbusMeter meter = new();
        ModbusMaps maps = new(
            [new PlainMap(meter), new SunSpecMap(meter, "M", "M", "1", "1", 1), new RegisterBank(64) { First =
                0x9000 }]);
        ModbusServer server = new(master.Other, new ModbusSettings { Framing = framing }, maps);
        byte[] line = new byte[300];
        byte[] sink = new byte[2048];
        byte[] good = Frame(framing, [3, 0x9C, 0x40, 0, 2]);
        long replies = 0;
        long now = 0;
        Run(1_000);
        Allocation.AssertNone(() => Run(_runs));
        Assert.IsTrue(replies > _runs / 4, $"only {replies} replies: the test tests nothing");

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                int length = Mutated(framing, line, random);
                master.TryWrite(line, 0, length);
                server.Tick(now);
                server.Tick(now + 10);
                now += 3_000;
                server.Tick(now);
                master.TryRead(sink, 0, sink.Length, out int got);
                replies += got > 0 ? 1 : 0;

                // After whatever came, the next good request is answered.
                master.TryWrite(good, 0, good.Length);
                server.Tick(now + 1);
                server.Tick(now + 20);
                master.TryRead(sink, 0, sink.Length, out got);
                if (got < 9)
                {
                    throw new InvalidOperationException(
                        $"run {i}: no answer behind {Convert.ToHexString(line, 0, length)}");
                }
            }
        }
    }

    [TestMethod]
    [DataRow(ModbusFraming.Rtu)]
    [DataRow(ModbusFraming.Tcp)]
    public void ASensorOnANoisyLineNeverThrowsNorAllocatesNorInventsEnergy(ModbusFraming framing)
    {
        Random random = new(2012);
        ScriptedLine master = ScriptedLine.Pair();
        FakeModbusMeter meter = new() { Import = 0 };
        ModbusServer server = new(
            master.Other, new ModbusSettings { Framing = framing }, new SunSpecMap(meter, "M", "M", "1", "1", 1));
        ModbusProfile profile = MeterFirmware.Tools.MeterCtl.Modbus.ModbusMeters.Load("sunspec-meter");
        ModbusPowerSensor sensor = new(new ModbusClient(master, framing) { Tries = 1 }, profile, 1);
        Measurement m = new();
        byte[] noise = new byte[16];
        long energy = 0;
        long now = 0;
        Run(5_000);
        long before = meter.Import;
        energy = 0;
        Allocation.AssertNone(() => Run(_runs));
        Assert.IsTrue(sensor.RoundCount > 10, $"{sensor.RoundCount} rounds");
        Assert.IsTrue(energy <= (meter.Import - before + 1_000_000) * 3_600_000L, "more than was counted");
        Assert.IsTrue(energy >= (meter.Import - before - 1_000_000) * 3_600_000L, "less than was counted");

        void Run(int ticks)
        {
            for (int i = 0; i < ticks; i++)
            {
                if (random.Next(400) == 0)
                {
                    random.NextBytes(noise);
                    (random.Next(2) == 0 || framing == ModbusFraming.Tcp ? master.Other : master).TryWrite(
                        noise, 0, framing == ModbusFraming.Tcp ? 0 : 1 + random.Next(15));
                }

                if (random.Next(200) == 0)
                {
                    master.Other.LoseWrites = 1;
                }

                meter.Import += random.Next(50) == 0 ? 20_000 : 0;
                energy += sensor.TryRead(now, m) ? m.ImportMicrojoules[0] : 0;
                server.Tick(now);
                now += 10;
            }
        }
    }

    [TestMethod]
    public void ServerAndSensorTakeLessThanThreeKilobytesEach()
    {
        ScriptedLine line = ScriptedLine.Pair();
        FakeModbusMeter meter = new();
        object kept = null;
        long server = Allocation.Least(() => Bytes(() => kept = new ModbusServer(line, new ModbusSettings(),
            new ModbusMaps([new PlainMap(meter), new SunSpecMap(meter, "M", "M", "1", "1", 1)]))));
        ModbusProfile profile = null;
        long shared = Allocation.Least(() => Bytes(() => profile = new ModbusProfile()));
        profile = MeterFirmware.Tools.MeterCtl.Modbus.ModbusMeters.Load("sdm630");
        long sensor = Allocation.Least(() => Bytes(
            () => kept = new ModbusPowerSensor(new ModbusClient(line, ModbusFraming.Rtu), profile, 1)));
        GC.KeepAlive(kept);
        Assert.IsTrue(server <= 3_072, $"server {server}");
        Assert.IsTrue(shared + sensor <= 3_072, $"profile {shared}, sensor {sensor}");

        static long Bytes(Action make)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            make();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static byte[] Frame(ModbusFraming framing, byte[] pdu)
    {
        byte[] line = new byte[300];
        int length = Wrap(framing, line, pdu.Length, pdu);
        return line[..length];
    }

    private static int Wrap(ModbusFraming framing, byte[] line, int pduLength, byte[] pdu)
    {
        int head = framing == ModbusFraming.Tcp ? ModbusProtocol.TcpHeaderLength : 1;
        Array.Copy(pdu, 0, line, head, pduLength);
        line[head - 1] = 1;
        if (framing == ModbusFraming.Rtu)
        {
            return ModbusCrc.Append(line, 0, 1 + pduLength);
        }

        ModbusProtocol.WriteUInt16(line, 0, 7);
        ModbusProtocol.WriteUInt16(line, 2, 0);
        ModbusProtocol.WriteUInt16(line, 4, 1 + pduLength);
        return head + pduLength;
    }

    private static readonly byte[] _pdu = new byte[253];

    private static int Mutated(ModbusFraming framing, byte[] line, Random random)
    {
        int length = random.Next(3) == 0 ? 1 + random.Next(252) : 5;
        random.NextBytes(_pdu);
        _pdu[0] = _functions[random.Next(_functions.Length)];
        if (random.Next(4) > 0)
        {
            int address = random.Next(3) switch
            {
                0 => random.Next(0x800),
                1 => 40_000 + random.Next(310),
                _ => 0x9000
                + random.Next(70)
            };
            ModbusProtocol.WriteUInt16(_pdu, 1, address);
            ModbusProtocol.WriteUInt16(_pdu, 3, random.Next(130));
            if (_pdu[0] == 0x10)
            {
                int registers = 1 + random.Next(ModbusProtocol.WriteCountMax);
                ModbusProtocol.WriteUInt16(_pdu, 3, registers);
                _pdu[5] = (byte)(2 * registers);
                length = 6 + 2 * registers;
            }
        }

        int total = Wrap(framing, line, length, _pdu);
        switch (random.Next(6))
        {
            case 0:
                line[random.Next(total)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                total = 1 + random.Next(total);
                break;
            case 2:
                line[0] = (byte)random.Next(256);
                break;
        }

        return total;
    }
}
